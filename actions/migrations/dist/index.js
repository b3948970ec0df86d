import{v as r,w as t,x as a}from"./chunk-AL5BVREP.js";process.exitCode=await t({gates:[r],databases:a});
