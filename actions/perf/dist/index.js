import{s as o,t as r}from"./chunk-PEPBV5W2.js";process.exitCode=await r({gates:[o]});
