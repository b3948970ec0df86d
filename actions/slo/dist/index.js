import{G as r,T as t,U as i,a as o}from"./chunk-TN3OO3D4.js";process.exitCode=await i({gates:[t],metrics:o(e=>r(e),"metrics")});
