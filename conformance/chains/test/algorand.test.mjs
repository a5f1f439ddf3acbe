// Algorand, with algosdk, which conformance/algosdk installs.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { ed25519 } from '@noble/curves/ed25519';
import { base64, drawn, hex, imported, refused, sha256, signed, signedMessage } from './strongroom.mjs';

const algosdk = createRequire(new URL('../../algosdk/package.json', import.meta.url))('algosdk');

const seed = sha256('an account of Algorand');
const ours = { sk: Buffer.concat([seed, ed25519.getPublicKey(seed)]), addr: algosdk.encodeAddress(ed25519.getPublicKey(seed)) };
const key = await imported('algorand', algosdk.secretKeyToMnemonic(ours.sk));
const bob = algosdk.encodeAddress(ed25519.getPublicKey(sha256('bob')));
const suggestedParams = {
  fee: 1000n, minFee: 1000n, flatFee: true, firstValid: 1000n, lastValid: 2000n, genesisID: 'mainnet-v1.0', genesisHash: algosdk.base64ToBytes('wGHE2Pwdvd7S12BL5FaOP20EGYesN73ktiC1qzkkit8='),
};
const payment = (members = {}) => algosdk.makePaymentTxnWithSuggestedParamsFromObject({ sender: key.address, receiver: bob, amount: 2_500_000, note: Buffer.from('invoice 7'), suggestedParams, ...members });
const move = { kind: 'move', asset: 'ALGO', amount: '2500000', from: key.address, to: bob };
const fee = { kind: 'fee', asset: 'ALGO', amount: '1000' };

/** Signs a transaction, and checks what comes back; the result is no text, so it is in base64. */
async function signs(txn, effects, { content = algosdk.encodeUnsignedTransaction(txn), by = key } = {}) {
  const raw = Buffer.from(await signed('algorand', content, { keys: [by], effects }), 'base64');
  const got = algosdk.decodeSignedTransaction(raw);
  assert.equal(got.txn.txID(), txn.txID());
  assert.ok(ed25519.verify(got.sig, txn.bytesToSign(), algosdk.decodeAddress(by.address).publicKey));
  return raw;
}

test('addresses', () => assert.equal(key.address, ours.addr));

const forms = {
  'encodeUnsignedTransaction, bytes': algosdk.encodeUnsignedTransaction,
  'encodeUnsignedTransaction, base64': (txn) => base64(algosdk.encodeUnsignedTransaction(txn)),
  'in an object with the member txn, as goal writes it': (txn) => algosdk.msgpackRawEncode({ txn: algosdk.msgpackRawDecode(algosdk.encodeUnsignedTransaction(txn)) }),
};
for (const [name, write] of Object.entries(forms)) {
  test(`a payment: ${name}`, async () => {
    const raw = await signs(payment(), [move, fee], { content: write(payment()) });
    assert.equal(hex(raw), hex(payment().signTxn(ours.sk)));
  });
}

test('a random key', async () => {
  const by = await drawn('algorand');
  await signs(payment({ sender: by.address }), [{ ...move, from: by.address }], { by });
});

const transactions = {
  'what closes an account': [payment({ closeRemainderTo: bob }), { kind: 'close', asset: 'ALGO', from: key.address, to: bob }],
  'another authority': [payment({ rekeyTo: bob }), { kind: 'authority', from: key.address, to: bob }],
  'an asset': [algosdk.makeAssetTransferTxnWithSuggestedParamsFromObject({ sender: key.address, receiver: bob, assetIndex: 31566704, amount: 7, suggestedParams }), { kind: 'move', asset: 'asset 31566704', amount: '7', to: bob }],
  'a key registration': [algosdk.makeKeyRegistrationTxnWithSuggestedParamsFromObject({ sender: key.address, nonParticipation: false, suggestedParams }), { kind: 'register', from: key.address }],
};
for (const [name, [txn, effect]] of Object.entries(transactions)) {
  test(name, async () => { await signs(txn, [effect, fee]); });
}

test('what is signed already', async () => {
  await refused('algorand', payment().signTxn(ours.sk), /signed already/, { keys: [key] });
});

test('messages, as signBytes signs them', async () => {
  const message = Buffer.from('I own this address');
  const signature = Buffer.from((await signedMessage('algorand', message, { key })).trim(), 'base64');
  assert.ok(algosdk.verifyBytes(message, signature, key.address));
});
