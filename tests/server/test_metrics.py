"""The metrics say what happened, in a form that Prometheus takes."""

import re
import shutil
import subprocess
import unittest

from harness import ServerTest


class Metrics(ServerTest):
    def page(self):
        return self.check(self.http.get('/metrics'), 200).body.decode()

    def value(self, name, page=None):
        """The sum of the samples whose name and labels hold all that `name` says."""
        pattern, total = re.compile(name), 0.0
        for line in (page or self.page()).splitlines():
            if not line.startswith('#') and pattern.search(line):
                total += float(line.rsplit(' ', 1)[1])
        return total

    def test_counts(self):
        requests = r'requests_total\{method="GET",route="/v1/members/\{id\}/balance",status="200"\}'
        before, accepted = self.value(requests), self.value(r'kind="purchase",verdict="ACCEPTED"')
        refused = self.value(r'kind="purchase",verdict="UNKNOWN_MEMBER"')
        for _ in range(3):
            self.balance('@ana')
        body = {'member': '@ana', 'merchant': '@cafe', 'amount': 100, 'currency': 'EUR'}
        self.http.post('/v1/transactions', body)
        self.http.post('/v1/transactions', {**body, 'member': '@nobody'})
        self.assertEqual(self.value(requests), before + 3)
        self.assertEqual(self.value(r'kind="purchase",verdict="ACCEPTED"'), accepted + 1)
        self.assertEqual(self.value(r'kind="purchase",verdict="UNKNOWN_MEMBER"'), refused + 1)

    def test_histogram(self):
        self.balance('@ana')
        page = self.page()
        labels = r'\{method="GET",route="/v1/members/\{id\}/balance"'
        family = 'rewapp_http_request_duration_seconds'
        for limit in ('0.05', '0.2', '0.3', '0.5'):
            self.assertRegex(page, rf'{family}_bucket{labels},le="{limit}"\}}')
        count = self.value(rf'{family}_count{labels}', page)
        self.assertGreater(count, 0)
        self.assertEqual(self.value(rf'{family}_bucket{labels},le="\+Inf"', page), count)

    def test_process(self):
        page = self.page()
        self.assertGreater(self.value('^process_resident_memory_bytes', page), 1 << 20)
        self.assertEqual(self.value('^rewapp_build_info', page), 1)
        self.assertGreater(self.value('^rewapp_batch_commands_count', page), 0)

    def test_who_may_look(self):
        self.check(self.http.request('GET', '/metrics', key=None), 401)
        self.check(self.http.request('GET', '/metrics', key=self.keys['till']), 401)

    def test_promtool(self):
        promtool = shutil.which('promtool')
        if not promtool:
            self.skipTest('no promtool (Debian package prometheus)')
        done = subprocess.run([promtool, 'check', 'metrics'], input=self.page(), capture_output=True, text=True,
                              check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == '__main__':
    unittest.main()
