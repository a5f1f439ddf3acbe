// Stellar, with @stellar/stellar-base, which the SDK of JavaScript is made on.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as stellar from '@stellar/stellar-base';
import { DENIED, decoded, derived, drawn, hasEffect, hex, refused, sha256, signed, signedMessage, slip10 } from './strongroom.mjs';

const { Asset, Account, BASE_FEE, Keypair, Memo, MuxedAccount, Networks, Operation, TransactionBuilder } = stellar;

const key = await derived('stellar');
const ours = Keypair.fromRawEd25519Seed(slip10("m/44'/148'/0'"));
const stranger = Keypair.fromRawEd25519Seed(sha256('stranger'));
const bob = Keypair.fromRawEd25519Seed(sha256('bob')).publicKey();
const usdc = new Asset('USDC', 'GA5ZSEJYB37JRC5AVCIA5MOP4RHTM335X2KGX3IHOJAPP5RE34K4KZVN');

const builder = (source = key.address, networkPassphrase = Networks.PUBLIC) => new TransactionBuilder(new Account(source, '41'), {
  fee: BASE_FEE, networkPassphrase, timebounds: { minTime: 0, maxTime: 1_900_000_000 },
});
const payment = (members = {}) => Operation.payment({ destination: bob, asset: Asset.native(), amount: '12.5', ...members });
const move = { kind: 'move', asset: 'XLM', amount: '125000000', from: key.address, to: bob };
const fee = { kind: 'fee', asset: 'XLM', amount: '100' };

/** Signs a transaction, and checks the envelope that comes back and its last signature. */
async function signs(tx, effects, { content = tx.toXDR(), keys = [key], testnet } = {}) {
  const got = TransactionBuilder.fromXDR(await signed('stellar', content, { keys, effects, testnet }), tx.networkPassphrase);
  assert.equal(hex(got.hash()), hex(tx.hash()));
  assert.equal(got.signatures.length, tx.signatures.length + 1);
  const last = got.signatures.at(-1);
  const by = Keypair.fromPublicKey(keys[0].address);
  assert.ok(by.verify(got.hash(), last.signature()));
  assert.deepEqual(last.hint(), by.signatureHint());
  return got;
}

test('addresses', async () => {
  assert.equal(key.address, ours.publicKey());
  for (const index of [1, 2]) assert.equal((await derived('stellar', { index })).address, Keypair.fromRawEd25519Seed(slip10(`m/44'/148'/${index}'`)).publicKey());
});

const forms = {
  'toXDR, base64': (tx) => tx.toXDR(),
  'toEnvelope, bytes': (tx) => tx.toEnvelope().toXDR(),
  'toEnvelope, hex': (tx) => tx.toEnvelope().toXDR('hex'),
};
for (const [name, write] of Object.entries(forms)) {
  test(`a payment: ${name}`, async () => {
    const tx = builder().addOperation(payment()).addMemo(Memo.text('invoice 7')).build();
    const got = await signs(tx, [{ ...move, until: /2030-03-17/ }, fee], { content: write(tx) });
    tx.sign(ours);
    assert.equal(got.toXDR(), tx.toXDR());
  });
}

test('a payment of an asset, to a muxed account', async () => {
  const to = new MuxedAccount(new Account(bob, '0'), '77').accountId();
  const tx = builder().addOperation(payment({ asset: usdc, destination: to })).addMemo(Memo.id('5')).build();
  await signs(tx, [{ kind: 'move', asset: `USDC:${usdc.getIssuer()}`, amount: '125000000', from: key.address, to }]);
});

const operations = {
  'a new account': [Operation.createAccount({ destination: bob, startingBalance: '3' }), { kind: 'move', asset: 'XLM', amount: '30000000', to: bob }],
  'a trust line': [Operation.changeTrust({ asset: usdc, limit: '1000' }), { kind: 'allow', asset: `USDC:${usdc.getIssuer()}`, amount: '10000000000', to: usdc.getIssuer() }],
  'a path payment': [Operation.pathPaymentStrictReceive({ sendAsset: Asset.native(), sendMax: '9', destination: bob, destAsset: usdc, destAmount: '1', path: [] }), { kind: 'move', asset: 'XLM', amount: '90000000', from: key.address, to: bob }],
  'an offer': [Operation.manageSellOffer({ selling: Asset.native(), buying: usdc, amount: '4', price: '0.25', offerId: '0' }), { kind: 'move', asset: 'XLM', amount: '40000000', from: key.address }],
  'a claimable balance': [Operation.createClaimableBalance({ asset: Asset.native(), amount: '2', claimants: [new stellar.Claimant(bob)] }), { kind: 'move', asset: 'XLM', amount: '20000000', to: bob }],
  'the end of an account': [Operation.accountMerge({ destination: bob }), { kind: 'close', from: key.address, to: bob }],
  'another signer': [Operation.setOptions({ signer: { ed25519PublicKey: bob, weight: 1 } }), { kind: 'authority', from: key.address, to: bob }],
  'a data entry': [Operation.manageData({ name: 'config', value: 'on' }), { kind: 'message', subject: /"config"/, detail: /"on"/ }],
};
for (const [name, [operation, effect]] of Object.entries(operations)) {
  test(name, async () => { await signs(builder().addOperation(operation).build(), [effect, fee]); });
}

test('a fee bump of what somebody else signed', async () => {
  const inner = builder(stranger.publicKey()).addOperation(payment()).build();
  inner.sign(stranger);
  const bump = TransactionBuilder.buildFeeBumpTransaction(key.address, '1000', inner, Networks.PUBLIC);
  const got = await signs(bump, [{ ...move, from: stranger.publicKey() }, { kind: 'fee', asset: 'XLM', amount: '2000', from: key.address }]);
  assert.equal(got.innerTransaction.signatures.length, 1);
  assert.equal(got.feeSource, key.address);
});

test('a second signature, beside that of somebody else', async () => {
  const second = await drawn('stellar');
  const tx = builder().addOperation(payment()).addOperation(payment({ source: second.address, amount: '1' })).build();
  tx.sign(stranger);
  const once = await signs(tx, [move, { kind: 'move', amount: '10000000', from: second.address }]);
  const twice = await signs(once, [move], { keys: [second] });
  assert.equal(twice.signatures.length, 3);
  assert.ok(stranger.verify(twice.hash(), twice.signatures[0].signature()));
});

test('the test network, whose signatures are others', async () => {
  const by = await derived('stellar', { testnet: true });
  assert.equal(by.address, key.address);
  const tx = builder(by.address, Networks.TESTNET).addOperation(payment()).build();
  await signs(tx, [move], { keys: [by], testnet: true });
  const main = TransactionBuilder.fromXDR(await signed('stellar', tx.toXDR(), { keys: [key], effects: [move] }), Networks.TESTNET);
  assert.ok(!ours.verify(main.hash(), main.signatures[0].signature()));
});

test('a contract call is shown, and denied', async () => {
  const contract = stellar.StrKey.encodeContract(sha256('contract'));
  const tx = builder().addOperation(Operation.invokeContractFunction({ contract, function: 'mystery', args: [stellar.nativeToScVal(7)] })).build();
  hasEffect((await decoded('stellar', tx.toXDR(), { keys: [key] })).effects, { kind: 'opaque', to: contract, subject: 'mystery' });
  await refused('stellar', tx.toXDR(), /./, { status: DENIED, keys: [key] });
});

test('messages, SEP-53', async () => {
  const message = 'Hello, World!';
  const signature = Buffer.from((await signedMessage('stellar', message, { key })).trim(), 'base64');
  assert.ok(ours.verify(sha256('Stellar Signed Message:\n', message), signature));
});
