"""Every relative link of the documents leads somewhere, headings included, and README.md leads to every page."""
import os
import re

import tree

LINK = re.compile(r'(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)')
FENCE = re.compile(r'^(```|~~~).*?^\1', re.M | re.S)


def anchors_of(text):
    """The names that a forge gives to headings: lower case, spaces to dashes, punctuation gone."""
    headings = re.findall(r'^#+[ \t]+(.*?)[ \t]*$', FENCE.sub('', text), re.M)
    slugs = (re.sub(r'[^\w\- ]', '', heading.replace('`', '').lower()) for heading in headings)
    return {slug.replace(' ', '-') for slug in slugs}


def check_link(path, link):
    target, _, anchor = link.partition('#')
    if re.match(r'[a-z]+:', target):
        return None
    full = os.path.normpath(os.path.join(os.path.dirname(path), target)) if target else path
    if full.startswith('..') or not (tree.ROOT / full).exists():
        return 'leads nowhere'
    if anchor and full.endswith('.md') and anchor not in anchors_of(tree.read(full)):
        return 'no such heading'
    return None


def main():
    front = tree.read('README.md')
    findings = [f'README.md: no link to {path}' for path in tree.files('.md')
                if os.path.dirname(path) == 'docs' and f'({path})' not in front]
    for path in tree.files('.md'):
        text = FENCE.sub(lambda match: '\n' * match.group(0).count('\n'), tree.read(path))
        for match in LINK.finditer(text):
            link = match.group(1) or match.group(2)
            problem = check_link(path, link)
            if problem:
                line = text.count('\n', 0, match.start()) + 1
                findings.append(f'{path}:{line}: {link}: {problem}')
    tree.report(findings)


main()
