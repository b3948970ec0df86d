import{v as r,w as t,x as a}from"./chunk-EA72BJNT.js";process.exitCode=await t({gates:[r],databases:a});
