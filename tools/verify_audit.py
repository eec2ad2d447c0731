#!/usr/bin/env python3
"""Verifies an exported audit log without Holdfast, by docs/audit-format.md alone: Python's standard library only.

  verify_audit.py FILE            the JSON Lines file of `holdfast audit export FILE`

Prints one JSON object: {"ok": true, "entries": n, "removed": n, "settled": n, "complete": true|false, "sealedUpTo": n,
"head": hex} or
{"ok": false, "line": n, "id": n|null, "problem": text}. Ends 0 when the log holds, 1 when it does not. Seals are compared
with the chain; their macs need the audit key, which never leaves Holdfast.
"""
import hashlib, json, re, sys

HEX = re.compile(r'[0-9a-f]{64}')
START = '0' * 64


class Bad(Exception):
    pass


def no_doubles(pairs):
    if len({name for name, _ in pairs}) != len(pairs): raise Bad('a member stands twice')
    return dict(pairs)


def parse(line):
    try:
        value = json.loads(line, object_pairs_hook=no_doubles)
    except (ValueError, RecursionError):
        raise Bad('this is not JSON')
    if not isinstance(value, dict): raise Bad('this is not an object')
    return value


def is_number(value):
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def is_end(value):
    return (isinstance(value, dict) and is_number(value.get('id')) and isinstance(value.get('hash'), str)
            and HEX.fullmatch(value['hash']) is not None)


def check_head(head):
    if head.get('format') != 'holdfast-audit-export' or head.get('version') != 1: raise Bad('this is not an exported log')
    if not isinstance(head.get('complete'), bool) or not is_end(head.get('start')) or not is_end(head.get('end')):
        raise Bad('the head line is not one')
    if head['complete'] and head['start'] != {'id': 0, 'hash': START}: raise Bad('a whole log begins with entry 1')


MEMBERS = ('form id at changeSet changeSetKind actor source reason action type key old new detail of from '
           'hash').split()


def canonical(entry):
    """The bytes that are hashed: a JSON array without blanks, nothing escaped that need not be."""
    form = entry['form']
    if form not in (1, 2) or isinstance(form, bool): raise Bad('the entry has a form that is not known')
    sides = [entry['old'], entry['new']]
    if form == 1: sides = [None if side and side[0] == 'removed' else side for side in sides]
    array = [f'holdfast audit {form}', entry['id'], entry['at'], entry['changeSet'], entry['changeSetKind'],
             entry['actor'], entry['source'], entry['reason'], entry['action'], entry['type'], entry['key'], *sides,
             entry['detail']]
    if form == 2: array += [entry['of'], entry['from']]
    return json.dumps(array, ensure_ascii=False, separators=(',', ':')).encode('utf-8', 'surrogatepass')


def check_shape(entry):
    names = set(entry) - {'previous'}
    if names != set(MEMBERS): raise Bad('the entry has not the members of one')
    if not is_number(entry['id']) or entry['id'] == 0: raise Bad('the entry has no number')
    for name in ('hash', 'previous'):
        value = entry.get(name, START)
        if not isinstance(value, str) or HEX.fullmatch(value) is None: raise Bad(f'its {name} is not a hash')
    for side in (entry['old'], entry['new']):
        if side is None: continue
        if not isinstance(side, list) or len(side) != 2 or side[0] not in ('value', 'secret', 'removed'):
            raise Bad('its old or new value is not one')


def check_seal(entry, before):
    try:
        seal = parse(entry['detail'])
    except (Bad, TypeError):
        raise Bad('the seal cannot be read')
    if seal.get('upTo') != before['id'] or seal.get('head') != before['hash']: raise Bad('the seal is of another log')


def is_retention(entry):
    return entry.get('action') == 'retention' and entry.get('type') == 'log' and entry.get('key') == ''


def ranges_of(entry):
    """The removed ranges that an entry names, as (from, to, hash, hash before)."""
    try:
        detail = parse(entry['detail'])
        ranges = detail['removed']
        good = isinstance(ranges, list) and all(
            isinstance(one, list) and len(one) == 4 and is_number(one[0]) and is_number(one[1]) and one[0] <= one[1]
            and all(isinstance(text, str) and HEX.fullmatch(text) for text in one[2:]) for one in ranges)
    except (Bad, KeyError, TypeError):
        good = False
    if not good: raise Bad('what it says of removed entries cannot be read')
    return [tuple(one) for one in ranges]


class Removed:
    """Holes in a whole log: each is to be exactly what later entries `retention` name, each sealed in its own change set."""

    def __init__(self, lines):
        self.ranges, self.at, self.count, self.sealed, self.waiting, self.set = [], 0, 0, set(), [], None
        for line in lines:
            try:
                entry = parse(line)
                if is_retention(entry): self.ranges += [(*one, entry.get('id')) for one in ranges_of(entry)]
            except Bad:
                pass  # Found again, where it stands.
        self.ranges.sort(key=lambda one: one[0])

    def over(self, before, first, last):
        """The hash of the last missing entry; `before` is the hash before the first."""
        following, end = first, before
        while following <= last:
            start, stop, stands, ahead, by = self.ranges[self.at] if self.at < len(self.ranges) else (0, 0, None, None, 0)
            if start != following or stop > last or not is_number(by) or by <= stop:
                raise Bad(f'entries {first} to {last} are missing')
            if ahead != end: raise Bad(f'the entry before {following} was changed')
            end = stands
            self.at, following = self.at + 1, stop + 1
        self.count += last - first + 1
        return end

    def see(self, entry):
        if self.at < len(self.ranges) and self.ranges[self.at][0] <= entry['id']:
            raise Bad(f'entry {self.ranges[self.at][4]} says that it was removed')
        if entry['changeSet'] != self.set: self.set, self.waiting = entry['changeSet'], []
        if entry['action'] == 'seal' and entry['type'] == 'seal': self.sealed.update(self.waiting)
        if is_retention(entry):
            ranges_of(entry)
            self.waiting.append(entry['id'])

    def unsealed(self):
        return next((by for *_, by in self.ranges if by not in self.sealed), None)


def is_settled(entry):
    return entry.get('action') == 'settled' and entry.get('type') == 'store' and entry.get('key') == ''


def settled_in(lines):
    """Entry number -> what its hash would be by what was found; of entries `settled` that their own change set seals."""
    entries = []
    for line in lines:
        try:
            entries.append(parse(line))
        except Bad:
            pass  # Found again, where it stands.
    seals = [entry for entry in entries if entry.get('action') == 'seal' and is_number(entry.get('id'))]
    last_seal = {entry.get('changeSet'): entry['id'] for entry in seals}
    first_seal = min((entry['id'] for entry in seals), default=None)
    found, settling = {}, set()
    for entry in entries:
        number = entry.get('id')
        if not is_settled(entry) or not is_number(number): continue
        sealed = last_seal.get(entry.get('changeSet'), 0) > number
        if not sealed and first_seal is not None and first_seal < number: continue
        settling.add(number)
        try:
            named = parse(entry.get('detail')).get('entries')
        except (Bad, TypeError):
            continue
        for one in named if isinstance(named, list) else []:
            if isinstance(one, dict) and is_number(one.get('entry')) and one['entry'] < number:
                found[one['entry']] = one.get('digest')
    return {number: digest for number, digest in found.items() if number not in settling}


def verify(lines):
    """Facts of a log that holds; raises Bad with `line` and `id` of the first thing that is wrong."""
    line, entry_id = 1, None
    try:
        head = parse(lines[0] if lines else '')
        check_head(head)
        before, entries, sealed = dict(head['start']), 0, 0
        removed = Removed(lines[1:] if head['complete'] else [])
        settled, settled_count = settled_in(lines[1:]), 0
        for line, text in enumerate(lines[1:], 2):
            entry_id = None
            entry = parse(text)
            check_shape(entry)
            entry_id = entry['id']
            follows = entry_id == before['id'] + 1
            if entry_id <= before['id']: raise Bad('the entries are not in their order')
            if head['complete'] and not follows:
                if removed.over(before['hash'], before['id'] + 1, entry_id - 1) != entry.get('previous'):
                    raise Bad('the entry or one before it was changed')
            if follows == ('previous' in entry): raise Bad('the hash before it should stand here exactly after a gap')
            previous = before['hash'] if follows else entry['previous']
            hashed = hashlib.sha256(bytes.fromhex(previous) + canonical(entry)).hexdigest()
            if hashed != entry['hash']:
                if settled.get(entry_id) != hashed: raise Bad('the entry or one before it was changed')
                settled_count += 1
            if entry['action'] == 'seal' and entry['type'] == 'seal':
                check_seal(entry, {'id': entry_id - 1, 'hash': previous})
                sealed = entry_id
            if head['complete']: removed.see(entry)
            before, entries = {'id': entry_id, 'hash': entry['hash']}, entries + 1
        line, entry_id = len(lines), before['id']
        if before['id'] > head['end']['id']: raise Bad('the log goes on after its end')
        if before != head['end'] and (head['complete'] or before['id'] == head['end']['id']):
            raise Bad(f'the log was cut after entry {before["id"]}: it ends with entry {head["end"]["id"]}')
        if removed.unsealed() is not None:
            entry_id = removed.unsealed()
            raise Bad('it says that entries were removed, and no seal vouches for it')
        return {'ok': True, 'entries': entries, 'removed': removed.count, 'settled': settled_count, 'complete': head['complete'],
                'sealedUpTo': sealed, 'head': head['end']['hash']}
    except Bad as bad:
        return {'ok': False, 'line': line, 'id': entry_id, 'problem': str(bad)}


if len(sys.argv) != 2: sys.exit(__doc__)
try:
    with open(sys.argv[1], encoding='utf-8', errors='strict', newline='\n') as file:
        text = file.read()
    if text and not text.endswith('\n'): result = {'ok': False, 'line': text.count('\n') + 1, 'id': None, 'problem': 'its last line is cut off'}
    else: result = verify(text.split('\n')[:-1])
except UnicodeDecodeError:
    result = {'ok': False, 'line': 0, 'id': None, 'problem': 'this is not UTF-8'}
except OSError as error:
    sys.exit(f'verify_audit: {error.filename}: {error.strerror}')
print(json.dumps(result, ensure_ascii=True))
sys.exit(0 if result['ok'] else 1)
