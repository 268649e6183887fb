"""A headless Chromium, driven over WebDriver with nothing but the standard library."""

import base64
import json
import shutil
import subprocess
import time
import urllib.error
import urllib.request

ELEMENT = 'element-6066-11e4-a52e-4f735466cecf'
TAB, ENTER, SPACE, SHIFT = '\ue004', '\ue007', ' ', '\ue008'

ARGUMENTS = ['--headless=new', '--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--window-size=1280,1000',
             '--disable-background-networking', '--disable-component-update', '--no-first-run', '--lang=en-GB',
             '--accept-lang=en-GB']


def missing():
    """What is not installed, or None."""
    if not shutil.which('chromedriver'):
        return 'no chromedriver (Debian package chromium-driver)'
    if not (shutil.which('chromium') or shutil.which('chromium-browser') or shutil.which('google-chrome')):
        return 'no chromium (Debian package chromium)'
    return None


class Browser:
    def __init__(self):
        self.process = subprocess.Popen(['chromedriver', '--port=0'], stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True)
        for line in self.process.stdout:
            if 'successfully on port' in line:
                self.root = 'http://127.0.0.1:' + line.split('on port')[1].strip(' .\n')
                break
        binary = shutil.which('chromium') or shutil.which('chromium-browser') or shutil.which('google-chrome')
        session = self.call('POST', '/session', {'capabilities': {'alwaysMatch': {
            'goog:chromeOptions': {'args': ARGUMENTS, 'binary': binary},
            'goog:loggingPrefs': {'browser': 'ALL', 'performance': 'ALL'}}}})
        self.root += f'/session/{session["sessionId"]}'

    def call(self, method, path, body=None):
        request = urllib.request.Request(self.root + path, method=method, headers={'Content-Type': 'application/json'},
                                         data=None if body is None else json.dumps(body).encode())
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return json.load(response)['value']
        except urllib.error.HTTPError as error:
            raise RuntimeError(error.read().decode()[:500]) from None

    def close(self):
        try:
            self.call('DELETE', '')
        finally:
            self.process.terminate()
            self.process.wait(timeout=30)
            self.process.stdout.close()

    def open(self, url):
        self.call('POST', '/url', {'url': url})

    def run(self, script, *arguments):
        return self.call('POST', '/execute/sync', {'script': script, 'args': list(arguments)})

    def find(self, selector):
        return self.call('POST', '/element', {'using': 'css selector', 'value': selector})[ELEMENT]

    def click(self, selector):
        self.call('POST', f'/element/{self.find(selector)}/click', {})

    def text(self, selector):
        return self.run('return document.querySelector(arguments[0])?.innerText ?? ""', selector)

    def press(self, keys):
        """Types into whatever has the focus."""
        active = self.call('GET', '/element/active')[ELEMENT]
        self.call('POST', f'/element/{active}/value', {'text': keys})

    def focus(self):
        return self.run('const e = document.activeElement; return e.id || e.dataset.view || e.dataset.member || '
                        'e.dataset.language || e.tagName')

    def tab_to(self, wanted, most=60):
        """Presses Tab until `wanted` has the focus; every stop on the way must show it."""
        for _ in range(most):
            if self.focus() == wanted:
                return
            self.press(TAB)
            shown = self.run('return getComputedStyle(document.activeElement).outlineStyle')
            if self.focus() != 'BODY' and shown == 'none':
                raise AssertionError(f'the focus on {self.focus()} cannot be seen')
        raise AssertionError(f'{wanted} is not reached by the Tab key')

    def wait(self, script, *arguments, seconds=10):
        """Until the script's answer is true; the answer."""
        end = time.monotonic() + seconds
        while True:
            value = self.run(script, *arguments)
            if value:
                return value
            if time.monotonic() > end:
                raise AssertionError(f'not within {seconds} s: {script} {arguments}')
            time.sleep(.05)

    def wait_text(self, selector, part):
        return self.wait('const e = document.querySelector(arguments[0]); return e && e.checkVisibility() && '
                         'e.innerText.includes(arguments[1]) && e.innerText', selector, part)

    def picture(self, path):
        with open(path, 'wb') as file:
            file.write(base64.b64decode(self.call('GET', '/screenshot')))

    def console_lines(self):
        """Without the icon that the browser asks for by itself beside a page that is no HTML, whenever it likes."""
        lines = self.call('POST', '/se/log', {'type': 'browser'})
        return [line for line in lines if '/favicon.ico' not in line['message']]

    def requests(self):
        """The addresses of all requests so far."""
        log = self.call('POST', '/se/log', {'type': 'performance'})
        lines = (json.loads(each['message'])['message'] for each in log)
        return [each['params']['request']['url'] for each in lines if each['method'] == 'Network.requestWillBeSent']
