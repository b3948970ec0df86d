import{s as o,t as r}from"./chunk-U4GGDAR7.js";process.exitCode=await r({gates:[o]});
