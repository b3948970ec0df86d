import fc from 'fast-check';

/**
 * Property tests draw the same cases in every run, so that a change is never blamed for an old fault found by chance.
 * `FAST_CHECK_SEED=<number>` draws others, which is how to look for such faults.
 */
fc.configureGlobal({
  ...fc.readConfigureGlobal(),
  seed: Number(process.env.FAST_CHECK_SEED ?? 20_260_504),
});

export default fc;
