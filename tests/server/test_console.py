"""The console in a real browser: by keyboard, in two languages, from QR code to till."""

import os
import time
import unittest

from harness import ServerTest
from webdriver import ENTER, Browser, missing

AZERTY = str.maketrans('1234567890', '&é"\'(-è_çà')


@unittest.skipIf(missing(), missing())
class Console(ServerTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)

    def setUp(self):
        super().setUp()
        self.home = f'http://127.0.0.1:{self.server.port}/'
        self.browser.open(self.home + 'healthz')  # the same origin, and no script at work
        self.browser.run('sessionStorage.clear(); localStorage.setItem("rewapp.language", "en")')
        self.browser.console_lines()
        self.browser.requests()
        self.browser.open(self.home)

    def tearDown(self):
        wrong = [line for line in self.browser.console_lines() if line['level'] in ('SEVERE', 'WARNING')]
        self.assertEqual(wrong, [], 'the browser complains')
        outside = [url for url in self.browser.requests() if not url.startswith((self.home, 'blob:' + self.home))]
        self.assertEqual(outside, [], 'requests to other hosts')

    def picture(self, name):
        if os.environ.get('REWAPP_PICTURES'):
            self.browser.picture(os.path.join(os.environ['REWAPP_PICTURES'], name + '.png'))

    def log_in(self, key):
        self.browser.wait('return document.activeElement.id === "key"')
        self.browser.press(self.keys[key] + ENTER)
        self.browser.wait('return !document.getElementById("tabs").hidden')

    def buy(self, amount):
        return self.check(self.http.post('/v1/transactions', {
            'member': '@ana', 'merchant': '@cafe', 'amount': amount, 'currency': 'EUR'}), 201).json

    def test_whole_way_by_keyboard(self):
        browser, bought = self.browser, self.buy(5000)
        self.log_in('platform')
        ana = bought['member']
        browser.wait('return document.querySelector(`[data-member="${arguments[0]}"]`)', ana)
        browser.tab_to(ana)
        browser.press(ENTER)
        browser.wait('return document.activeElement.id === "member-name"')
        browser.wait_text('#member-name', ana)
        self.assertIn('10,', browser.text('#balance'))
        self.explanation()
        self.qr_to_till()

    def explanation(self):
        browser = self.browser
        browser.wait('return document.querySelectorAll("#statement tbody tr").length > 1')
        browser.run('document.querySelector("#statement tbody button").focus()')
        browser.press(ENTER)
        browser.wait_text('.why', 'base')
        self.assertIn('points', browser.text('.why'))
        self.picture('member')
        browser.press(ENTER)
        browser.wait('return !document.querySelector(".why")')

    def mint(self, points):
        browser = self.browser
        browser.run('document.getElementById("points").value = ""; document.getElementById("points").focus()')
        browser.press(str(points) + ENTER)
        browser.wait_text('#qr-points', str(points))
        browser.wait('return document.getElementById("qr-image").naturalWidth > 20')
        return browser.wait('return document.getElementById("qr-digits").innerText.length === 101 && '
                            'document.getElementById("qr-digits").innerText')

    def qr_to_till(self):
        browser, before = self.browser, self.balance('@ana')
        digits = self.mint(120)
        self.assertRegex(browser.text('#qr-left'), r'^(15:00|14:5\d)$')
        first = browser.text('#qr-left')
        browser.wait('return document.getElementById("qr-left").innerText !== arguments[0]', first)
        self.picture('qr')
        browser.run('document.querySelector("[data-view=till]").focus()')
        browser.press(ENTER)
        browser.wait('return document.activeElement.id === "code"')
        browser.run('const s = document.getElementById("till-merchant"); '
                    's.value = [...s.options].find((o) => o.text.startsWith("Caf")).value')
        browser.press(digits.translate(AZERTY) + ENTER)
        browser.wait_text('#till-verdict', 'Good to redeem')
        self.assertIn('120', browser.text('#till-detail'))
        browser.wait('return document.activeElement.id === "redeem"')
        self.picture('till')
        browser.press(ENTER)
        browser.wait_text('#till-verdict', 'Redeemed')
        self.assertEqual(self.balance('@ana'), before - 120)
        browser.wait('return document.activeElement.id === "code"')
        browser.press(digits + ENTER)
        browser.wait_text('#till-verdict', 'already used')
        self.assertEqual(self.balance('@ana'), before - 120)

    def test_languages(self):
        browser = self.browser
        for language, title, button in (('fr', 'Bienvenue', 'Entrer'), ('en', 'Good to see you', 'Enter')):
            browser.tab_to(language)
            browser.press(ENTER)
            self.assertEqual(browser.run('return document.documentElement.lang'), language)
            self.assertEqual(browser.text('#login-title'), title)
            self.assertEqual(browser.text('#login button'), button)
            pressed = browser.run('return document.querySelector("[aria-pressed=true]").dataset.language')
            self.assertEqual(pressed, language)
        both = browser.run('''return import("/console/texts.js").then((m) =>
            [m.texts, m.codes, m.verdicts].map((t) => [Object.keys(t.en), Object.keys(t.fr)]))''')
        for english, french in both:
            self.assertEqual(english, french)

    def test_french_member(self):
        self.buy(1000)
        self.browser.click('[data-language="fr"]')
        self.browser.run('document.getElementById("key").focus()')
        self.log_in('platform')
        self.browser.run('document.getElementById("member").focus()')
        self.browser.press('@ana' + ENTER)
        self.browser.wait('return document.activeElement.id === "member-name"')
        self.browser.wait_text('#balance', 'Disponibles')
        self.assertIn('Points gagnés', self.browser.text('#statement'))
        self.picture('french')

    def test_terminal_key_sees_the_till_only(self):
        self.log_in('till')
        self.browser.wait('return document.activeElement.id === "code"')
        shown = self.browser.run('return [...document.querySelectorAll("[data-view]")].filter((e) => '
                                 'e.checkVisibility()).map((e) => e.dataset.view)')
        self.assertEqual(shown, ['till'])
        token = self.check(self.http.post('/v1/qr', {'member': '@ben', 'points': 70}), 201).json['token']
        self.browser.press(token + ENTER)
        self.browser.wait_text('#till-verdict', 'Good to redeem')
        self.browser.press(ENTER)
        self.browser.wait_text('#till-verdict', 'Redeemed')

    def test_overview(self):
        self.buy(3000)
        self.log_in('platform')
        self.browser.run('document.querySelector("[data-view=overview]").focus()')
        self.browser.press(ENTER)
        self.browser.wait('return [...document.querySelectorAll("#chart rect.issued")].some((r) => '
                          'Number(r.getAttribute("height")) > 20)')
        self.assertIn('Issued', self.browser.text('#sums'))
        self.picture('overview')

    def test_theme_and_leaving(self):
        self.log_in('platform')
        before = self.browser.run('return [document.documentElement.dataset.theme, '
                                  'getComputedStyle(document.documentElement).backgroundColor]')
        self.browser.click('#theme')
        after = self.browser.run('return [document.documentElement.dataset.theme, '
                                 'getComputedStyle(document.documentElement).backgroundColor]')
        self.assertNotEqual(before[0], after[0])
        self.assertNotEqual(before[1], after[1])
        self.picture('dark')
        self.browser.click('#leave')
        self.browser.wait('return document.activeElement.id === "key"')
        self.assertIsNone(self.browser.run('return sessionStorage.getItem("rewapp.key")'))
        self.browser.click('#theme')

    def test_reload_keeps_the_key_in_this_tab(self):
        self.log_in('platform')
        self.browser.open(self.home)
        self.browser.wait('return !document.getElementById("view-members").hidden')
        self.assertIsNone(self.browser.run('return localStorage.getItem("rewapp.key")'))

    def test_countdown_ends(self):
        """The clock of the page runs ahead: at the end the code is over."""
        self.log_in('platform')
        self.browser.run('document.getElementById("member").focus()')
        self.browser.press('@ben' + ENTER)
        self.browser.wait('return document.activeElement.id === "member-name"')
        self.mint(10)
        self.browser.run('const now = Date.now; Date.now = () => now() + 15 * 60 * 1000')
        self.browser.wait_text('#qr-left', 'over')
        self.assertTrue(self.browser.run('return document.getElementById("qr").classList.contains("over")'))

    def test_no_element_without_a_name(self):
        """Every control has a name for those who do not see it."""
        self.log_in('platform')
        nameless = self.browser.run('''return [...document.querySelectorAll('input, select, button')].filter((e) =>
            !e.labels?.length && !e.textContent.trim() && !e.getAttribute('aria-label')).map((e) => e.outerHTML)''')
        self.assertEqual(nameless, [])


if __name__ == '__main__':
    unittest.main()
