import{v as r,w as t,x as a}from"./chunk-YC6Z5M2P.js";process.exitCode=await t({gates:[r],databases:a});
