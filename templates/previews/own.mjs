// Your own provider, in four functions. Fill them in; until then every preview fails, which is the safe side.
// $SHA is what is built (checked out in `head/`), $SIZE one of `previews.cost.sizes`, $PULL_REQUEST its number.
import { carryOut, fail } from './order.mjs';

await carryOut({
  /** Starts it, or brings it to another commit or size; gives its address. */
  create: () => fail('write here how a preview is started in your platform'),
  sleep: () => fail('write here how it is put to sleep'),
  wake: () => fail('write here how it wakes; give its address'),
  /** Removes everything of it and fails if anything is left. */
  destroy: () => fail('write here how it is removed'),
});
