/**
 * A JSON file that a person names, read with care: regular files only, a limit on bytes, depth and number of values, no
 * repeated keys, nothing that the store could not keep. Every refusal says where.
 */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { JsonValue } from '../../contract/json.ts';
import { fail, ok, type Failure, type Result } from '../../contract/result.ts';
import { nodeValue, openJson, problemWithPlace } from '../migration/readers/json-reader.ts';
import type { JsonMember, JsonNode } from '../migration/readers/json-tree.ts';

export const maxFileBytes = 64 * 1024 * 1024;
/** Records may be nested 100 deep, inside the bundle's own levels. */
const limits = { depth: 128, nodes: 2_000_000 };

export type JsonFile = {
  name: string;
  value: JsonValue;
  /** `FileInvalid` at a JSON pointer of the file. */
  wrong: (pointer: string, problem: string) => Failure;
};

/** Errors: `NotFound`, `Unreadable`, `FileInvalid`. */
export const readBytes = async (path: string, name: string): Promise<Result<Uint8Array>> => {
  const invalid = (problem: string) => fail({ type: 'FileInvalid', file: name, problem });
  try {
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const facts = await handle.stat();
      if (!facts.isFile()) return invalid('this is not a file');
      if (facts.size > maxFileBytes) return invalid('the file is larger than 64 MiB');
      return ok(new Uint8Array(await handle.readFile()));
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'EIO';
    return code === 'ENOENT'
      ? fail({ type: 'NotFound', what: 'file', name })
      : fail({ type: 'Unreadable', path: name, code });
  }
};

type Spot = { node: JsonNode; member?: JsonMember };

/** The place of the pointer, or of the nearest thing around it. */
const spotAt = (root: JsonNode, pointer: string): Spot => {
  let spot: Spot = { node: root };
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replace(/~1/gu, '/').replace(/~0/gu, '~');
    const { node } = spot;
    if (node.type === 'object') {
      const member = node.members.find((one) => one.key === name);
      if (member === undefined) return spot;
      spot = { node: member.value, member };
    } else if (node.type === 'array') {
      const item = node.items[Number(name)];
      if (item === undefined) return spot;
      spot = { node: item };
    } else return spot;
  }
  return spot;
};

const offsetOf = ({ node, member }: Spot): number => member?.at ?? node.start;

export const parseJsonFile = (bytes: Uint8Array, name: string): Result<JsonFile> => {
  if (bytes.length > maxFileBytes)
    return fail({ type: 'FileInvalid', file: name, problem: 'the file is larger than 64 MiB' });
  const opened = openJson(bytes, limits);
  if (!opened.ok) {
    const { message, line, column } = opened.error;
    return fail({ type: 'FileInvalid', file: name, problem: message, line, column });
  }
  const { document } = opened;
  const problem = problemWithPlace(document, document.root);
  if (problem !== null) return fail({ type: 'FileInvalid', file: name, problem });
  const wrong = (pointer: string, what: string): Failure =>
    fail({
      type: 'FileInvalid',
      file: name,
      problem: what,
      ...document.locate(offsetOf(spotAt(document.root, pointer))),
    });
  return ok({ name, value: nodeValue(document.root), wrong });
};

/** Errors: `NotFound`, `Unreadable`, `FileInvalid` with line and column. */
export const readJsonFile = async (path: string, name: string): Promise<Result<JsonFile>> => {
  const bytes = await readBytes(path, name);
  return bytes.ok ? parseJsonFile(bytes.data, name) : bytes;
};
