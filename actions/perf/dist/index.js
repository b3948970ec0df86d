import{s as o,t as r}from"./chunk-VHHKQOFK.js";process.exitCode=await r({gates:[o]});
