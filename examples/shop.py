"""A shop in Python: a purchase earns, once, however often this is run."""
import rewapp

SHOP = [
    {'kind': 'programme', 'id': '@setup-1', 'target': '@cagnotte', 'document': {
        'name': 'Cagnotte', 'currency': 'EUR', 'rules': [{'id': 'base', 'type': 'percent', 'basis_points': 200}]}},
    {'kind': 'merchant', 'id': '@setup-2', 'target': '@bakery', 'document': {'name': 'Bakery'}},
    {'kind': 'member', 'id': '@setup-3', 'target': '@ana'},
]

with rewapp.Engine('sqlite:shop.db') as engine:
    engine.submit(SHOP)  # known already: the same receipts, nothing changes
    receipt, = engine.submit([{'kind': 'purchase', 'id': '@ticket-1', 'member': '@ana', 'merchant': '@bakery',
                               'amount': 4200, 'currency': 'EUR'}])
    print(receipt['verdict'], receipt['points'], engine.balance('@ana')['available'])
