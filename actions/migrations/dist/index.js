import{v as r,w as t,x as a}from"./chunk-FPVGJPMJ.js";process.exitCode=await t({gates:[r],databases:a});
