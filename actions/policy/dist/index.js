import{M as i,N as r,O as t,r as o}from"./chunk-FJCXJOKA.js";process.exitCode=await r({gates:[i],policies:t,branchRules:o});
