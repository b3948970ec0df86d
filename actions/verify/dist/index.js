import{h as e,i as r}from"./chunk-2ULPRX4K.js";r();process.exitCode=await e(process.env,fetch);
