import{L as o,M as i,N as r,s as t}from"./chunk-OLJTYREL.js";process.exitCode=await i({gates:[o],signatures:r,attestations:t});
