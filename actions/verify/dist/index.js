import{h as e,i as r}from"./chunk-J2NSJSLH.js";r();process.exitCode=await e(process.env,fetch);
