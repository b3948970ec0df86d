import{h as e,i as r}from"./chunk-F3HI257Z.js";r();process.exitCode=await e(process.env,fetch);
