// The XRP Ledger, with xrpl.js.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as xrpl from 'xrpl';
import * as keypairs from 'ripple-keypairs';
import { derived, imported, hasEffect, decoded, refused, sha256, signed, signedMessage, signing, words } from './strongroom.mjs';

const key = await derived('xrpl');
const ours = xrpl.Wallet.fromMnemonic(words);
const bob = xrpl.Wallet.fromEntropy(sha256('bob').subarray(0, 16)).classicAddress;
const issuer = 'rhub8VRN55s94qWKDv6jmDy1pUykJzF3wq';
const common = { Account: key.address, Sequence: 7, Fee: '12', LastLedgerSequence: 90_000_000 };
const payment = { TransactionType: 'Payment', ...common, Destination: bob, DestinationTag: 5, Amount: xrpl.xrpToDrops('2.5') };
const move = { kind: 'move', asset: 'XRP', amount: '2500000', from: key.address, to: bob, until: 'ledger 90000000' };
const fee = { kind: 'fee', asset: 'XRP', amount: '12' };

/** Signs a transaction, and checks the blob that comes back. */
async function signs(tx, effects, { content = JSON.stringify(tx), by = key, wallet = ours, testnet } = {}) {
  xrpl.validate({ ...tx });
  const blob = await signed('xrpl', content, { keys: [by], effects, testnet });
  assert.match(blob, /^[0-9A-F]+$/);
  assert.ok(xrpl.verifySignature(blob));
  const { TxnSignature, SigningPubKey, ...rest } = xrpl.decode(blob);
  assert.equal(SigningPubKey, wallet.publicKey);
  assert.ok(TxnSignature);
  assert.deepEqual(rest, xrpl.decode(xrpl.encode(tx)));
  assert.equal(blob, wallet.sign(tx).tx_blob); // both sign with the nonces of RFC 6979, or Ed25519
  return blob;
}

test('addresses', async () => {
  assert.equal(key.address, ours.classicAddress);
  assert.equal((await derived('xrpl', { index: 1 })).address, xrpl.Wallet.fromMnemonic(words, { derivationPath: "m/44'/144'/0'/0/1" }).classicAddress);
});

test('a payment with flags', async () => {
  const tx = { ...payment, Amount: { currency: 'USD', issuer, value: '10' }, SendMax: '3000000', Flags: xrpl.PaymentFlags.tfPartialPayment };
  await signs(tx, [{ kind: 'move', asset: 'XRP', amount: '3000000', to: bob }]);
});

const forms = {
  JSON: JSON.stringify,
  'JSON with space': (tx) => JSON.stringify(tx, null, 2),
  'encode, hex': xrpl.encode,
  'JSON with the key': (tx) => JSON.stringify({ ...tx, SigningPubKey: ours.publicKey }),
};
for (const [name, write] of Object.entries(forms)) {
  test(`a payment: ${name}`, async () => {
    await signs(payment, [move, fee], { content: write(payment) });
  });
}

test('a payment to an X-address', async () => {
  const { DestinationTag, ...rest } = payment;
  const tx = { ...rest, Destination: xrpl.classicAddressToXAddress(bob, DestinationTag, false) };
  await signs(payment, [move, fee], { content: JSON.stringify(tx) });
});

test('memos', async () => {
  const tx = { ...payment, Memos: [{ Memo: { MemoData: Buffer.from('invoice 7').toString('hex').toUpperCase() } }] };
  await signs(tx, [move, fee]);
});

const usd = (value) => ({ currency: 'USD', issuer, value });
const asset = `USD.${issuer}`;
const transactions = {
  'a payment of an issued currency': [{ ...payment, Amount: usd('10.25'), SendMax: usd('10.5') }, { kind: 'move', asset, amount: '10.5', to: bob }],
  'a trust line': [{ TransactionType: 'TrustSet', ...common, LimitAmount: usd('1000') }, { kind: 'allow', asset, amount: '1000', from: key.address, to: issuer }],
  'an offer': [{ TransactionType: 'OfferCreate', ...common, TakerGets: '1000000', TakerPays: usd('0.5') }, { kind: 'move', asset: 'XRP', amount: '1000000', from: key.address }],
  'a regular key': [{ TransactionType: 'SetRegularKey', ...common, RegularKey: bob }, { kind: 'authority', from: key.address, to: bob }],
  'a signer list': [{ TransactionType: 'SignerListSet', ...common, SignerQuorum: 1, SignerEntries: [{ SignerEntry: { Account: bob, SignerWeight: 1 } }] }, { kind: 'authority', from: key.address, to: bob }],
  'settings': [{ TransactionType: 'AccountSet', ...common, SetFlag: xrpl.AccountSetAsfFlags.asfDisableMaster }, { kind: 'authority', from: key.address }],
  'an escrow': [{ TransactionType: 'EscrowCreate', ...common, Amount: '7000000', Destination: bob, FinishAfter: 900_000_000 }, { kind: 'move', asset: 'XRP', amount: '7000000', to: bob }],
  'a check': [{ TransactionType: 'CheckCreate', ...common, Destination: bob, SendMax: '8000000' }, { kind: 'allow', asset: 'XRP', amount: '8000000', to: bob }],
  'a ticket': [{ ...payment, Sequence: 0, TicketSequence: 3 }, move],
  'the end of an account': [{ TransactionType: 'AccountDelete', ...common, Fee: '200000', Destination: bob }, { kind: 'close', from: key.address, to: bob }],
};
for (const [name, [tx, effect]] of Object.entries(transactions)) {
  test(name, async () => { await signs(tx, [effect]); });
}

test('an Ed25519 key', async () => {
  const wallet = xrpl.Wallet.fromEntropy(sha256('edwards').subarray(0, 16), { algorithm: 'ed25519' });
  const by = await imported('xrpl', wallet.seed);
  assert.equal(by.address, wallet.classicAddress);
  await signs({ ...payment, Account: wallet.classicAddress }, [{ ...move, from: wallet.classicAddress }], { by, wallet });
});

test('a secp256k1 key from a seed', async () => {
  const wallet = xrpl.Wallet.fromEntropy(sha256('koblitz').subarray(0, 16), { algorithm: 'ecdsa-secp256k1' });
  const by = await imported('xrpl', wallet.seed);
  assert.equal(by.address, wallet.classicAddress);
  await signs({ ...payment, Account: wallet.classicAddress }, [{ ...move, from: wallet.classicAddress }], { by, wallet });
});

test('the test network', async () => {
  const by = await derived('xrpl', { testnet: true });
  await signs(payment, [move], { by, testnet: true });
});

test('several signers', async () => {
  const account = xrpl.Wallet.fromEntropy(sha256('shared').subarray(0, 16)).classicAddress;
  const partner = xrpl.Wallet.fromEntropy(sha256('partner').subarray(0, 16));
  const tx = { ...payment, Account: account, Fee: '36', SigningPubKey: '' };
  const { result, effects } = await signing('xrpl', JSON.stringify(tx), { keys: [key] });
  hasEffect(effects, { ...move, from: account });
  const theirs = partner.sign({ ...payment, Account: account, Fee: '36' }, true).tx_blob;
  const { Signers } = xrpl.decode(xrpl.multisign([result, theirs]));
  assert.equal(Signers.length, 2);
  assert.equal(result, ours.sign({ ...payment, Account: account, Fee: '36' }, true).tx_blob);
});

test('a claim on a payment channel', async () => {
  const channel = 'C1AE6DDDEEC05CF2978C0BAD6FE302948E9533691DC749DCDD3B9E5992CA6198';
  const claim = { channel, amount: '1000000' };
  const { result, effects } = await signing('xrpl', JSON.stringify(claim), { keys: [key] });
  hasEffect(effects, { kind: 'allow', asset: 'XRP', amount: '1000000' });
  assert.ok(xrpl.verifyPaymentChannelClaim(channel, xrpl.dropsToXrp('1000000').toString(), result, ours.publicKey));
});

test('what is signed already, or of a kind that is not known', async () => {
  await refused('xrpl', ours.sign(payment).tx_blob, /sign/, { keys: [key] });
  await refused('xrpl', JSON.stringify({ ...payment, Donation: 'yes' }), /no field/, { keys: [key] });
  await refused('xrpl', JSON.stringify({ ...payment, Account: undefined }), /Account/, { keys: [key] });
  const { effects } = await decoded('xrpl', JSON.stringify({ ...payment, Account: bob, Destination: key.address }), { keys: [key] });
  hasEffect(effects, { kind: 'move', from: bob });
});

test('messages', async () => {
  const message = 'I own this address';
  const signature = (await signedMessage('xrpl', message, { key })).trim();
  assert.ok(keypairs.verify(Buffer.from(message).toString('hex'), signature, ours.publicKey));
});
