// Whether the database takes a password: a login by psql in one of its pods, the password on standard input.
import {randomBytes} from 'node:crypto';
import type {Login, LoginAnswer} from '../operations/ports/database.ts';
import {oneLine, reasonOfWords, textOf} from './failure.ts';
import {isOneLine, psql, type Exec} from './psql.ts';

/** A pod of the database, and its own address: a server may trust whoever comes over loopback. */
interface LoginPlace {
  readonly pod: string;
  readonly container: string;
  readonly podIP: string | null;
}

const loopback = '127.0.0.1';
const timeoutMs = 10_000;
/** The server refused only after it had accepted the password. */
const acceptedBefore = /permission denied for database|too many connections for (role|database)/;

/** The answer of the first place that knows one. Never throws. */
export async function tryLogin(exec: Exec, places: readonly LoginPlace[], login: Login): Promise<LoginAnswer> {
  let last: LoginAnswer = {is: 'unknown', text: 'no pod of the database runs'};
  for (const place of places) {
    last = await tryIn(exec, place, login);
    if (last.is !== 'unknown') return last;
  }
  return last;
}

async function tryIn(exec: Exec, {pod, container, podIP}: LoginPlace, login: Login): Promise<LoginAnswer> {
  const near = await tryAt(exec, {pod, container, host: loopback}, login);
  return near.isTrusting && podIP !== null ? tryAt(exec, {pod, container, host: podIP}, login) : near;
}

interface At {
  readonly pod: string;
  readonly container: string;
  readonly host: string;
}

/** A login proves the password only where one with a wrong password is refused. */
async function tryAt(exec: Exec, at: At, login: Login): Promise<LoginAnswer & {readonly isTrusting?: true}> {
  const wrong = {...login, password: randomBytes(24).toString('base64url')};
  const [answer, control] = await Promise.all([logIn(exec, at, login), logIn(exec, at, wrong)]);
  if (answer.is === 'unknown' || control.is === 'wrong') return answer;
  if (control.is === 'unknown') return control;
  return {is: 'unknown', text: `${at.pod} asks for no password at ${at.host}`, isTrusting: true};
}

async function logIn(exec: Exec, {pod, container, host}: At, {username, password}: Login): Promise<LoginAnswer> {
  if (!isOneLine(password)) return {is: 'unknown', text: 'the password holds a line break or a NUL'};
  const flags = ['-v', 'ON_ERROR_STOP=1', '-c', 'select 1'];
  try {
    const ask = {host, username, password, connectTimeoutSeconds: 5, flags, timeoutMs};
    const {exitCode, stderr} = await psql({exec, pod, container}, ask);
    if (exitCode === 0) return {is: 'right', text: ''};
    const text = oneLine(stderr, [password]);
    if (acceptedBefore.test(text)) return {is: 'right', text};
    return {is: reasonOfWords(text) === 'password' ? 'wrong' : 'unknown', text};
  } catch (error) {
    return {is: 'unknown', text: `nothing can be run in ${pod}: ${textOf(error, [password])}`};
  }
}
