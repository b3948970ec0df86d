import { findProduct, listProducts } from './products.js';
import { placeOrder } from './orders.js';

/** Answers a request with `{status, body, headers?, route}`; `route` is the low-cardinality name for metrics. */
export async function route(request, pathname, { version }) {
  const key = `${request.method} ${pathname}`;
  switch (key) {
    case 'GET /':
      return { status: 200, route: '/', body: { service: 'shop', version } };
    case 'GET /health':
      return { status: 200, route: '/health', body: { status: 'ok', version } };
    case 'GET /products':
      return { route: '/products', ...listProducts() };
    case 'POST /orders':
      return { route: '/orders', ...(await createOrder(request)) };
    default:
      return { status: 404, route: 'unknown', body: { error: 'not found' } };
  }
}

async function createOrder(request) {
  let order;
  try {
    order = JSON.parse(await readBody(request, 10_000));
  } catch {
    return { status: 400, body: { error: 'expected a JSON order' } };
  }
  const { product, quantity } = order ?? {};
  if (findProduct(product) === undefined) return { status: 422, body: { error: 'no such product' } };
  if (!Number.isInteger(quantity) || quantity < 1) {
    return { status: 422, body: { error: 'quantity is a whole number above 0' } };
  }
  return { status: 201, body: placeOrder(product, quantity) };
}

async function readBody(request, limit) {
  let text = '';
  for await (const chunk of request) {
    text += chunk;
    if (text.length > limit) throw new Error('too large');
  }
  return text;
}
