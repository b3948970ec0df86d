import{M as i,N as r,O as t,r as o}from"./chunk-3NO2FFAD.js";process.exitCode=await r({gates:[i],policies:t,branchRules:o});
