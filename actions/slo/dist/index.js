import{G as r,T as t,U as i,a as o}from"./chunk-A3L7H7NG.js";process.exitCode=await i({gates:[t],metrics:o(e=>r(e),"metrics")});
