import{G as r,T as t,U as i,a as o}from"./chunk-GAV4UGBC.js";process.exitCode=await i({gates:[t],metrics:o(e=>r(e),"metrics")});
