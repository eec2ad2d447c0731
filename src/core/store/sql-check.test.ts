import { describe, expect, it } from 'vitest';
import { checkSql } from './sql-check.ts';

describe('checkSql', () => {
  it.each([
    ['select * from "term" where "text" = ?', 'read'],
    ['  -- why\n SELECT replace(text, ?, ?) FROM term', 'read'],
    ['with a as (select 1) select * from a', 'read'],
    ['values (1)', 'read'],
    [`select "random", 'random()' from "current_date"`, 'read'],
    ['select date("at") from "change_set"', 'read'],
    ['insert into "term" ("id") values (?);', 'write'],
    ['with a as (select 1) insert into term select * from a', 'write'],
    ['update "term" set "text" = ?', 'write'],
    ['delete from "term" where "id" = ? or "id" = ?', 'write'],
    ['replace into "term" values (?, ?)', 'write'],
    ['insert or ignore into "term" values (?, ?)', 'write'],
  ])('takes %s as %s', (sql, kind) => {
    expect(checkSql(sql)).toBe(kind);
  });

  it.each([
    ['select random()', /random\(\) cannot be replayed/],
    ['insert into t values (RandomBlob (8))', /randomblob\(\) cannot be replayed/],
    [`select datetime('NOW')`, /'now' cannot be replayed/],
    ['select datetime("now")', /'now' cannot be replayed/],
    ['insert into t values (current_timestamp)', /CURRENT_TIMESTAMP cannot be replayed/],
    ['select Current_Date', /CURRENT_DATE cannot be replayed/],
    ['insert into t values (unixepoch(?))', /unixepoch\(\) cannot be replayed/],
    ['select julianday()', /julianday\(\) cannot be replayed/],
    ['insert into t values (last_insert_rowid())', /last_insert_rowid\(\) cannot be replayed/],
    ['insert or fail into t values (?)', /OR FAIL cannot be replayed/],
    ['insert or rollback into t values (?)', /OR ROLLBACK cannot be replayed/],
    ['select 1; select 2', /More than one statement/],
    ['begin', /queries and changes of rows only/],
    ['pragma user_version', /queries and changes of rows only/],
    ['create table t (a)', /queries and changes of rows only/],
    ['', /queries and changes of rows only/],
  ])('refuses %s', (sql, message) => {
    expect(() => checkSql(sql)).toThrow(message);
  });
});
