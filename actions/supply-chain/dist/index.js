import{L as o,M as i,N as r,s as t}from"./chunk-5TUER2UW.js";process.exitCode=await i({gates:[o],signatures:r,attestations:t});
