import{h as e,i as r}from"./chunk-NDEJPP32.js";r();process.exitCode=await e(process.env,fetch);
