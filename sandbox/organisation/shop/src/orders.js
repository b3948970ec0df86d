import { findProduct } from './products.js';

let placed = 0;

/** Takes an order and answers with its number and price. */
export function placeOrder(product, quantity) {
  placed += 1;
  return { number: placed, product, quantity, cents: findProduct(product).cents * quantity };
}
