const products = [
  { id: 'tea', name: 'Green tea', cents: 450 },
  { id: 'cup', name: 'Stoneware cup', cents: 1900 },
  { id: 'pot', name: 'Iron pot', cents: 5200 },
];

export function listProducts() {
  return { status: 200, body: { products } };
}

export function findProduct(id) {
  return products.find((product) => product.id === id);
}
