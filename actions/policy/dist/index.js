import{M as i,N as r,O as t,r as o}from"./chunk-CO6FUB6K.js";process.exitCode=await r({gates:[i],policies:t,branchRules:o});
