import{s as o,t as r}from"./chunk-TYAMYOBK.js";process.exitCode=await r({gates:[o]});
