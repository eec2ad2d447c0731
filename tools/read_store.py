#!/usr/bin/env python3
"""Reads a Holdfast store without Holdfast, by docs/store.md alone: Python's standard library, nothing is written.

  read_store.py FOLDER            the settings in FOLDER (a home's `.holdfast`), one JSON object a line:
                                  {"key": ..., "value": ...}; a secret has "value": null and "secret": true
  read_store.py FOLDER TABLE      the rows of one table, as Python shows them

Ends 1 when the store is damaged, with the reason on stderr. Needs SQLite 3.37 (STRICT tables).
"""
import hashlib, json, os, re, sqlite3, struct, sys, tempfile
from zlib import crc32


def stop(reason):
    sys.exit(f'read_store: {reason}')


def read_image(path):
    """The database and the number of its last transaction; None when the file is not whole."""
    data = open(path, 'rb').read()
    db, trailer = data[:-32], data[-32:]
    if len(trailer) < 32: return None
    magic, size, sequence, crc, own = struct.unpack('<8sQQII', trailer)
    good = magic == b'HFIMAGE1' and own == crc32(trailer[:28]) and size == len(db) and crc == crc32(db)
    return (db, sequence) if good else None


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]; at += 1
        value |= (byte & 127) << shift; shift += 7
        if byte < 128: return value, at


def sized(data, at):
    size, at = varint(data, at)
    if size > len(data) - at: raise ValueError('past the end')
    return data[at:at + size], at + size


def read_value(data, at):
    kind = data[at]; at += 1
    if kind == 0: return None, at
    if kind == 1: return varint(data, at)
    if kind == 2:
        n, at = varint(data, at)
        return -1 - n, at
    if kind == 3: return struct.unpack_from('<d', data, at)[0], at + 8
    part, at = sized(data, at)
    return (part.decode() if kind == 4 else part), at


def intact(data, at, salt):
    """The frame at this byte, or None: first sequence, CRC of the frame before, transactions, its CRC, payload."""
    if at + 24 >= len(data): return None
    length, crc, first, before, count = struct.unpack_from('<IIQII', data, at)
    if not 1 <= length <= len(data) - at - 24 or not 1 <= count <= length: return None
    if crc32(data[at + 8:at + 24 + length], crc32(data[at:at + 4], crc32(salt))) != crc: return None
    return first, before, count, crc, data[at + 24:at + 24 + length]


def run_payload(db, payload, statements):
    at = 0
    db.execute('BEGIN')
    while at < len(payload):
        operation = payload[at]; at += 1
        if operation == 1:
            sql, at = sized(payload, at)
            statements.append(sql.decode())
        elif operation == 2:
            number, at = varint(payload, at)
            amount, at = varint(payload, at)
            values = []
            for _ in range(amount):
                one, at = read_value(payload, at)
                values.append(one)
            db.execute(statements[number], values).fetchall()
    db.execute('COMMIT')


def replay(db, path, sequence, last_crc, newest):
    """Runs a journal; gives its last sequence, its last CRC, and the CRC after each sequence where a frame ends."""
    data = open(path, 'rb').read()
    if len(data) < 64: stop(f'{path}: its header is cut off')
    magic, version, previous, salt, _, base, tag, _, own = struct.unpack('<8sII16sQQ8sII', data[:64])
    if magic != b'HFJRNL1\n' or version != 1 or own != crc32(data[:60]): stop(f'{path}: bad header')
    if base != sequence or last_crc not in (None, previous): stop(f'{path}: does not follow')
    if tag != store_tag(db): stop(f'{path}: of another store')
    at, crc, statements, ends = 64, own, [], {base: own}
    while (frame := intact(data, at, salt)) and frame[:2] == (sequence + 1, crc):
        _, _, count, crc, payload = frame
        run_payload(db, payload, statements)
        sequence += count
        ends[sequence] = crc
        at += 24 + len(payload)
    if at < len(data):
        if not newest or any(intact(data, i, salt) for i in range(at, len(data))): stop(f'{path}: damaged')
        print(f'{len(data) - at} bytes at the end are an unfinished save', file=sys.stderr)
    return sequence, crc, ends


def store_tag(db):
    store_id = db.execute("SELECT value FROM meta WHERE key = 'store_id'").fetchone()[0]
    return hashlib.sha256(store_id.encode()).digest()[:8]


def check_last_save(folder, db, sequence, ends):
    """The mark of the last confirmed save, where there is a good one: nothing before it may be missing."""
    path = f'{folder}/last-save'
    data = open(path, 'rb').read() if os.path.exists(path) else b''
    if len(data) != 40 or data[:8] != b'HFSAVED1' or crc32(data[:36]) != struct.unpack('<I', data[36:])[0]: return
    generation, confirmed, crc = struct.unpack_from('<QQI', data, 8)
    if data[28:36] != store_tag(db): return
    if sequence < confirmed: stop(f'ends with save {sequence}, but save {confirmed} was confirmed')
    if generation in ends and ends[generation].get(confirmed) != crc: stop(f'save {confirmed} is another one')


def read_store(folder, db_path):
    names = os.listdir(folder)
    images = sorted((int(m[1]) for n in names if (m := re.fullmatch(r'image-(\d+)\.db', n))), reverse=True)
    first = next((g for g in images if read_image(f'{folder}/image-{g}.db')), None)
    if first is None: stop('no whole image')
    image, sequence = read_image(f'{folder}/image-{first}.db')
    with open(db_path, 'wb') as copy: copy.write(image)
    db = sqlite3.connect(db_path, isolation_level=None)
    crc, ends = None, {}
    last = max(int(m[1]) for n in names if (m := re.fullmatch(r'(?:image|journal)-(\d+)\.\w+', n)))
    for g in range(first, last + 1):
        path = f'{folder}/journal-{g}.log'
        if not os.path.exists(path): stop(f'{path} is missing')
        sequence, crc, ends[g] = replay(db, path, sequence, crc, g == last)
    check_last_save(folder, db, sequence, ends)
    return db


SETTINGS = """SELECT subject.key, version.value, version.secret FROM live JOIN subject ON subject.id = live.subject
  JOIN version ON version.id = live.version WHERE subject.kind = 'setting' ORDER BY subject.key"""

if len(sys.argv) not in (2, 3): stop(__doc__)
with tempfile.TemporaryDirectory() as temporary:
    db = read_store(sys.argv[1], os.path.join(temporary, 'store.db'))
    if len(sys.argv) == 3:
        for row in db.execute('SELECT * FROM "' + sys.argv[2].replace('"', '""') + '"'): print(row)
    else:
        for key, value, secret in db.execute(SETTINGS):
            line = {'key': key, 'value': None, 'secret': True} if secret else {'key': key, 'value': json.loads(value)}
            print(json.dumps(line, ensure_ascii=False))
    db.close()
