// A shop in Node: a purchase earns, and a part of the points goes into a QR code.
const { Engine, render } = require('rewapp');
const fs = require('fs');

const shop = [
  { kind: 'programme', id: '@setup-1', target: '@cagnotte', document: {
    name: 'Cagnotte', currency: 'EUR', rules: [{ id: 'base', type: 'percent', basis_points: 200 }] } },
  { kind: 'merchant', id: '@setup-2', target: '@bakery', document: { name: 'Bakery' } },
  { kind: 'member', id: '@setup-3', target: '@ana' },
];

const engine = new Engine('sqlite:shop.db');
engine.submit(shop); // known already: the same receipts, nothing changes
const earned = engine.submit({ kind: 'purchase', id: '@ticket-1', member: '@ana', merchant: '@bakery',
  amount: 4200, currency: 'EUR' });
const code = engine.submit({ kind: 'mint', id: '@code-1', member: '@ana', points: 50 });
console.log(earned.verdict, earned.points, engine.balance('@ana').available);
fs.writeFileSync('code.svg', render(code.token, 'svg'));
engine.close();
