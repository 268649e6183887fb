"""The console's page for bank lines in doubt, in a real browser: by keyboard, in two languages."""

import os
import unittest

from harness import PROGRAMME, ServerTest, new_id
from webdriver import ENTER, Browser, missing

DOWN = '\ue015'
CAREFUL = {**PROGRAMME, 'matching': {'sure': 9900, 'review': 9000}}


@unittest.skipIf(missing(), missing())
class Review(ServerTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)

    def setUp(self):
        super().setUp()
        self.http.post('/v1/programmes', {'target': '@programme', 'document': CAREFUL})
        self.http.post('/v1/merchants', {'target': '@kiosk', 'document': {'name': 'Vauquelin', 'mcc': ['5994']}})
        self.home = f'http://127.0.0.1:{self.server.port}/'
        self.browser.open(self.home + 'healthz')
        self.browser.run('sessionStorage.clear(); localStorage.clear(); localStorage.setItem("rewapp.language", "en")')
        self.browser.console_lines()
        self.browser.requests()

    def tearDown(self):
        wrong = [line for line in self.browser.console_lines() if line['level'] in ('SEVERE', 'WARNING')]
        self.assertEqual(wrong, [], 'the browser complains')
        outside = [url for url in self.browser.requests() if not url.startswith((self.home, 'blob:' + self.home))]
        self.assertEqual(outside, [], 'requests to other hosts')

    def doubt(self, text, amount=4000):
        answer = self.check(self.http.post('/v1/transactions', {
            'member': '@ana', 'descriptor': text, 'amount': amount, 'currency': 'EUR'}), 200)
        self.assertEqual(answer.json['verdict'], 'NEEDS_REVIEW')
        return answer.json['id']

    def picture(self, name):
        if os.environ.get('REWAPP_PICTURES'):
            self.browser.picture(os.path.join(os.environ['REWAPP_PICTURES'], name + '.png'))

    def open_queue(self):
        browser = self.browser
        browser.open(self.home)
        browser.wait('return document.activeElement.id === "key"')
        browser.press(self.keys['platform'] + ENTER)
        browser.wait('return !document.getElementById("tabs").hidden')
        browser.tab_to('review')
        browser.press(ENTER)
        browser.wait('return !document.getElementById("view-review").hidden')

    def sign(self, name):
        self.browser.tab_to('review-who')
        self.browser.press(name)
        self.browser.run('document.getElementById("review-text").focus()')

    def test_answers_by_keyboard(self):
        browser = self.browser
        first, second = self.doubt('CARTE 14/03 VAUQUELIN ARBORETUM CB*1234'), self.doubt('CB VAUQUELIN GALERIE', 700)
        before = self.balance('@ana')
        self.open_queue()
        browser.wait('return document.querySelectorAll("#review-list li").length >= 2')
        self.assertEqual(browser.run('return document.querySelector("#review-list button").dataset.line'), first)
        self.assertIn('VAUQUELIN', browser.text('#review-text mark'))
        self.assertIn('Vauquelin', browser.text('#review-candidates'))
        self.assertIn("the merchant's name stands in the text", browser.text('#review-candidates'))
        browser.run('document.getElementById("review-text").focus()')
        browser.press('1')  # nobody has signed yet: nothing is sent
        browser.wait_text('#notice', 'who decides')
        browser.wait('return document.activeElement.id === "review-who"')
        self.assertEqual(self.balance('@ana'), before)
        self.sign('Claire')
        self.picture('review')
        browser.press('1')
        browser.wait_text('#review-said', 'Vauquelin: 400 points')
        self.assertEqual(self.balance('@ana'), before + 400)
        browser.wait('return document.activeElement.id === "review-text"')
        self.assertEqual(browser.run('return document.querySelector("#review-list button").dataset.line'), second)
        browser.press('u')
        browser.wait_text('#review-said', 'Taken back, with 400 points')
        self.assertEqual(self.balance('@ana'), before)
        browser.wait('return document.querySelector("#review-list button").dataset.line === arguments[0]', first)
        browser.run('document.getElementById("review-text").focus()')
        browser.press(DOWN)
        browser.wait_text('#review-text', 'GALERIE')
        browser.press('0')
        browser.wait_text('#review-said', 'None of these: CB VAUQUELIN GALERIE')
        self.assertEqual(self.balance('@ana'), before)
        self.learnt()
        self.http.post(f'/v1/review/{first}/refuse', {'reference': 'the test'})

    def learnt(self):
        """The list of what was learnt says who and when, and takes it back."""
        browser = self.browser
        browser.run('document.querySelector("#learnt summary").focus()')
        browser.press(ENTER)
        browser.wait_text('#learnt-table', 'VAUQUELIN GALERIE')
        self.assertIn('is not Vauquelin', browser.text('#learnt-table'))
        self.assertIn('Claire', browser.text('#learnt-table'))
        self.assertIn('taken back', browser.text('#learnt-table'))
        browser.run('document.querySelector("#learnt-table button").focus()')
        browser.press(ENTER)
        browser.wait('return !document.querySelector("#learnt-table button")')
        browser.wait('return document.querySelectorAll("#review-list li").length >= 2')
        self.picture('learnt')

    def test_french(self):
        line = self.doubt('CB VAUQUELIN PASSERELLE', 1250)
        self.browser.run('localStorage.setItem("rewapp.language", "fr"); localStorage.setItem("rewapp.who", "Ali")')
        self.open_queue()
        self.browser.wait('return document.querySelector(`[data-line="${arguments[0]}"]`)', line)
        self.browser.run('document.querySelector(`[data-line="${arguments[0]}"]`).focus()', line)
        self.browser.press(ENTER)
        self.browser.wait_text('#review-text', 'PASSERELLE')
        self.assertIn('le nom du commerçant figure dans le libellé', self.browser.text('#review-candidates'))
        self.assertIn('Montant', self.browser.text('#review-facts'))
        self.assertIn('12,50', self.browser.text('#review-facts'))
        self.picture('review-french')
        self.browser.press('1')
        self.browser.wait_text('#review-said', 'Vauquelin : 125 points')
        self.browser.click('[data-language="en"]')
        self.browser.wait_text('#review-title', 'Which shop was it?')

    def refund(self, amount):
        answer = self.check(self.http.post('/v1/bank-lines', {
            'member': '@ana', 'descriptor': 'AVOIR CB VAUQUELIN', 'amount': amount, 'currency': 'EUR',
            'refund': True, 'feed': 'bank', 'bank_id': new_id()}), 200).json
        self.assertEqual((answer['verdict'], answer['outcome']), ('NEEDS_REVIEW', 'orphan'))
        return answer['id']

    def settle(self, line, purchase):
        """By keyboard; the purchase is chosen as a reader's finger would."""
        self.browser.wait('return document.querySelector(`[data-settle="${arguments[0]}"]`)', line)
        self.browser.run('document.querySelector(`[data-refund="${arguments[0]}"]`).value = arguments[1]',
                         line, purchase)
        self.browser.run('document.querySelector(`[data-settle="${arguments[0]}"]`).focus()', line)
        self.browser.press(ENTER)

    def test_refunds_find_their_purchase(self):
        browser = self.browser
        bought = self.check(self.http.post('/v1/transactions', {
            'member': '@ana', 'merchant': '@kiosk', 'amount': 5000, 'currency': 'EUR'}), 201).json
        part, excess, alien = self.refund(1200), self.refund(4500), self.refund(700)
        before = self.balance('@ana')
        browser.run('localStorage.setItem("rewapp.who", "Ali")')
        self.open_queue()
        browser.run('document.querySelector("#refunds summary").focus()')
        browser.press(ENTER)
        self.settle(part, bought['id'])
        browser.wait('return !document.querySelector(`[data-settle="${arguments[0]}"]`)', part)
        self.assertEqual(self.balance('@ana'), before - 120)
        self.picture('refunds')
        self.settle(excess, bought['id'])
        browser.wait_text('#notice', 'More came back than is left')
        self.assertEqual(self.balance('@ana'), before - 120)
        self.settle(alien, '')
        browser.wait('return !document.querySelector(`[data-settle="${arguments[0]}"]`)', alien)
        self.assertEqual(self.balance('@ana'), before - 120)
        self.settle(excess, '')
        browser.wait('return !document.getElementById("refunds-empty").hidden')
        lines = self.http.get('/v1/bank-lines?outcome=orphan').json['lines']
        self.assertEqual(lines, [])

    def test_somebody_was_faster(self):
        line = self.doubt('CB VAUQUELIN BELVEDERE')
        self.browser.run('localStorage.setItem("rewapp.who", "Ali")')
        self.open_queue()
        self.browser.wait('return document.querySelector(`[data-line="${arguments[0]}"]`)', line)
        self.browser.run('document.querySelector(`[data-line="${arguments[0]}"]`).click()', line)
        answer = self.http.post(f'/v1/review/{line}/refuse', {'reference': 'another one'}, idempotency=new_id())
        self.check(answer, 201)
        self.browser.press('0')
        self.browser.wait_text('#notice', 'Somebody has answered already')
        self.browser.wait('return !document.querySelector(`[data-line="${arguments[0]}"]`)', line)

    def test_no_element_without_a_name(self):
        self.doubt('CB VAUQUELIN TERRASSE')
        self.open_queue()
        self.browser.wait('return document.querySelector("#review-candidates button")')
        nameless = self.browser.run('''return [...document.querySelectorAll('input, select, button')].filter((e) =>
            !e.labels?.length && !e.textContent.trim() && !e.getAttribute('aria-label')).map((e) => e.outerHTML)''')
        self.assertEqual(nameless, [])


if __name__ == '__main__':
    unittest.main()
