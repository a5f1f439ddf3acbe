// What the tests share: the client, and checks that use the client's own code.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import algosdk from 'algosdk';

export const password = 'open sesame';

function variable(name) {
  const value = process.env[name];
  assert.ok(value, `set ${name} (see conformance/README.md)`);
  return value;
}

/** The unmodified client for the daemon with sessions of a minute. */
export function client(token = variable('KMD_TOKEN')) {
  const url = new URL(variable('KMD_URL'));
  return new algosdk.Kmd(token, `${url.protocol}//${url.hostname}`, url.port);
}

/** The same for the daemon with sessions of a second. */
export function shortClient() {
  const url = new URL(variable('KMD_SHORT_URL'));
  return new algosdk.Kmd(variable('KMD_SHORT_TOKEN'), `${url.protocol}//${url.hostname}`, url.port);
}

/** The master derivation key of the published vectors: 00 01 02 … 1f. */
export const vectorKey = Uint8Array.from({ length: 32 }, (_, i) => i);

/** A name that no other run uses. */
export const freshName = (what) => `${what} ${crypto.randomBytes(6).toString('hex')}`;

/** Makes a wallet and opens it. */
export async function newWallet(kmd, { name = freshName('wallet'), masterKey } = {}) {
  const { wallet } = await kmd.createWallet(name, password, masterKey);
  const { wallet_handle_token: handle } = await kmd.initWalletHandle(wallet.id, password);
  return { id: wallet.id, name, handle };
}

/** The key pair of an address in a wallet, as the client uses it for signing by itself. */
export async function exported(kmd, handle, address) {
  return (await kmd.exportKey(handle, password, address)).private_key;
}

/** Calls an endpoint that the client has no method for. */
export async function post(path, body) {
  const response = await fetch(variable('KMD_URL') + path, {
    method: 'POST',
    headers: { 'X-KMD-API-Token': variable('KMD_TOKEN'), 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  assert.equal(response.status, 200, JSON.stringify(answer));
  return answer;
}

/** Checks that a call is refused with a status and exactly this text. */
export async function refused(call, status, message) {
  await assert.rejects(call, (err) => {
    assert.equal(err.status, status, err.message);
    const answer = JSON.parse(new TextDecoder().decode(err.response.body));
    assert.deepEqual(answer, { error: true, message });
    return true;
  });
}

/**
 * Checks an Ed25519 signature with the client's verifier. The client offers one
 * for bare messages only through multisigs, so the key becomes a 1-of-1.
 */
export function verifies(message, signature, publicKey) {
  const one = algosdk.multisigAddress({ version: 1, threshold: 1, addrs: [algosdk.encodeAddress(publicKey)] });
  return algosdk.verifyMultisig(message, { v: 1, thr: 1, subsig: [{ pk: publicKey, s: signature }] }, one.publicKey);
}

export const base64 = (bytes) => algosdk.bytesToBase64(bytes);
export const hex = (bytes) => Buffer.from(bytes).toString('hex');

/** A multisig as the daemon answers it, as the client's object. */
export const decodeMultisig = (answer) => algosdk.msgpackRawDecode(algosdk.base64ToBytes(answer.multisig), { intDecoding: algosdk.IntDecoding.SAFE });

/** The JSON form in which the daemon reads a multisig that is not complete. */
export const partialMultisig = ({ v, thr, subsig }) => ({ v, thr, subsig: subsig.map(({ pk, s }) => ({ pk: base64(pk), ...(s && { s: base64(s) }) })) });

/** Fixed network parameters, so that results can be compared. */
export const network = {
  minFee: 1000, fee: 1000, flatFee: true, firstValid: 1000, lastValid: 2000,
  genesisID: 'testnet-v1.0', genesisHash: algosdk.base64ToBytes('SGO1GKSzyE7IEPItTxCByw9x8FmnrCDexi9/cOUJOiI='),
};
