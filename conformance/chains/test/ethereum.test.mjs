// Ethereum and its kin, with ethers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ethers } from 'ethers';
import { DENIED, UNKNOWN, bip32, decoded, derived, hasEffect, json, refused, refusedMessage, signed, signedMessage, told } from './strongroom.mjs';

const ETHEREUM_PATH = "m/44'/60'/0'/0/0";
const bob = bip32("m/44'/60'/0'/0/1").address;
const usdc = '0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48';
const erc20 = new ethers.Interface(['function transfer(address to, uint256 amount)', 'function approve(address spender, uint256 amount)', 'function mystery(uint256)']);
const gwei = (n) => ethers.parseUnits(String(n), 'gwei');

const key = await derived('ethereum');
const fees = { gasLimit: 90_000n, maxFeePerGas: gwei(30), maxPriorityFeePerGas: gwei(2) };
const transfer = { to: bob, value: ethers.parseEther('0.25'), nonce: 7 };
const move = (symbol = 'ETH', from = key.address) => ({ kind: 'move', asset: symbol, amount: '250000000000000000', from, to: bob });

/** Signs what a transaction is written as, and checks the result against the transaction. */
async function signs(content, want, { chain = 'ethereum', by = key, effects, testnet } = {}) {
  const result = await signed(chain, content, { keys: [by], effects, testnet });
  const got = ethers.Transaction.from(result);
  assert.equal(got.from, by.address);
  assert.equal(got.unsignedSerialized, want.unsignedSerialized);
  assert.ok(got.isSigned() && got.isValid());
  assert.equal(got.serialized, result);
  return got;
}

test('addresses', async () => {
  assert.equal(key.address, bip32(ETHEREUM_PATH).address);
  for (let index = 1; index < 4; index++) {
    assert.equal((await derived('ethereum', { index })).address, bip32(`m/44'/60'/0'/0/${index}`).address);
  }
  assert.equal((await derived('bsc')).address, key.address);
  assert.equal((await derived('polygon')).address, bip32("m/44'/966'/0'/0/0").address);
  assert.equal((await derived('polygon', { path: "m/44'/60'/0'/0/i" })).address, key.address);
});

const types = {
  'legacy transaction': { type: 0, gasLimit: 21_000n, gasPrice: gwei(30) },
  'transaction of EIP-2930': { type: 1, gasLimit: 30_000n, gasPrice: gwei(30), accessList: [{ address: usdc, storageKeys: [ethers.ZeroHash, ethers.id('slot')] }] },
  'transaction of EIP-1559': { type: 2, ...fees },
};

for (const [name, members] of Object.entries(types)) {
  const tx = ethers.Transaction.from({ chainId: 1, ...transfer, ...members });
  const effects = [move(), { kind: 'fee', asset: 'ETH', amount: (members.gasLimit * gwei(30)).toString() }];
  const forms = {
    'the unsigned serialization': tx.unsignedSerialized,
    'its hex without 0x': tx.unsignedSerialized.slice(2),
    'its bytes': ethers.getBytes(tx.unsignedSerialized),
    'Transaction.toJSON': JSON.stringify(tx.toJSON()),
    'a request with numbers as text': json({ chainId: 1, from: key.address, ...transfer, ...members }),
    'a request in hex': JSON.stringify(Object.fromEntries(Object.entries({ chainId: 1, from: key.address, ...transfer, ...members })
      .map(([k, v]) => [k, ['string', 'object'].includes(typeof v) ? v : ethers.toQuantity(v)]))),
  };
  for (const [form, content] of Object.entries(forms)) {
    test(`${name}: ${form}`, async () => { await signs(content, tx, { effects }); });
  }
}

test('a JSON-RPC request as JsonRpcSigner sends it', async () => {
  const tx = ethers.Transaction.from({ chainId: 1, type: 2, ...transfer, ...fees });
  const request = ethers.JsonRpcProvider.prototype.getRpcTransaction.call(null, { chainId: 1, type: 2, from: key.address, ...transfer, ...fees });
  assert.ok(request.gas);
  await signs(JSON.stringify(request), tx, { effects: [move()] });
});

test('the same transaction is signed as ethers signs it', async () => {
  const tx = ethers.Transaction.from({ chainId: 1, type: 2, ...transfer, ...fees });
  const result = await signed('ethereum', tx.unsignedSerialized, { keys: [key], effects: [move()] });
  assert.equal(result, await bip32(ETHEREUM_PATH).signTransaction(tx));
});

test('a token transfer', async () => {
  const tx = ethers.Transaction.from({ chainId: 1, type: 2, to: usdc, nonce: 1, ...fees, data: erc20.encodeFunctionData('transfer', [bob, 1_500_000n]) });
  await signs(tx.unsignedSerialized, tx, { effects: [{ kind: 'move', asset: `erc20 ${usdc}`, amount: '1500000', from: key.address, to: bob }] });
  const { units } = await decoded('ethereum', tx.unsignedSerialized, { keys: [key] });
  assert.deepEqual(units[`erc20 ${usdc}`], { symbol: 'USDC', decimals: 6 });
});

test('an approval without limit', async () => {
  const tx = ethers.Transaction.from({ chainId: 1, type: 2, to: usdc, nonce: 1, ...fees, data: erc20.encodeFunctionData('approve', [bob, ethers.MaxUint256]) });
  await signs(JSON.stringify(tx.toJSON()), tx, { effects: [{ kind: 'allow', asset: `erc20 ${usdc}`, to: bob, amount: 'unlimited' }] });
});

test('a new contract', async () => {
  const tx = ethers.Transaction.from({ chainId: 1, type: 2, nonce: 9, ...fees, data: '0x6001600155' });
  await signs(JSON.stringify(tx.toJSON()), tx, { effects: [{ kind: 'deploy', to: ethers.getCreateAddress({ from: key.address, nonce: 9 }) }] });
});

test('a transaction with blobs, EIP-4844', async () => {
  const members = { chainId: 1, type: 3, ...transfer, ...fees, maxFeePerBlobGas: gwei(3), blobVersionedHashes: [`0x01${'ab'.repeat(31)}`, `0x01${'cd'.repeat(31)}`] };
  const tx = ethers.Transaction.from(members);
  const effects = [move(), { kind: 'fee', subject: 'blobs', amount: (2n * 131_072n * gwei(3)).toString() }];
  for (const content of [tx.unsignedSerialized, json(members)]) {
    const got = await signs(content, tx, { effects });
    assert.deepEqual(got.blobVersionedHashes, members.blobVersionedHashes);
    assert.equal(got.maxFeePerBlobGas, members.maxFeePerBlobGas);
  }
  // toJSON of ethers leaves the blobs out; the rest must not be taken for the whole.
  await refused('ethereum', JSON.stringify(tx.toJSON()), /type/, { keys: [key] });
});

test('a transaction with an authorization, EIP-7702', async () => {
  const other = bip32("m/44'/60'/0'/0/2");
  const authorization = await other.authorize({ address: usdc, nonce: 4, chainId: 1n });
  const members = { chainId: 1, type: 4, ...transfer, ...fees, authorizationList: [authorization] };
  const tx = ethers.Transaction.from(members);
  const effects = [move(), { kind: 'authority', from: other.address, to: usdc }];
  const flat = { address: usdc, nonce: '0x4', chainId: '0x1', yParity: ethers.toQuantity(authorization.signature.yParity), r: authorization.signature.r, s: authorization.signature.s };
  for (const content of [tx.unsignedSerialized, json({ ...members, authorizationList: [flat] })]) {
    const got = await signs(content, tx, { effects });
    assert.equal(ethers.verifyAuthorization(got.authorizationList[0], got.authorizationList[0].signature), other.address);
  }
  await refused('ethereum', JSON.stringify(tx.toJSON()), /type/, { keys: [key] });
});

test('an authorization, EIP-7702', async () => {
  const authorization = { address: usdc, nonce: 4n, chainId: 1n };
  const payload = ethers.concat(['0x05', ethers.encodeRlp([ethers.toBeArray(1n), usdc, ethers.toBeArray(4n)])]);
  assert.equal(ethers.keccak256(payload), ethers.hashAuthorization(authorization));
  const result = await signed('ethereum', payload, { keys: [key], effects: [{ kind: 'authority', from: key.address, to: usdc }] });
  assert.equal(ethers.verifyAuthorization(authorization, result), key.address);
});

for (const [chain, chainId, symbol, testnet] of [['polygon', 137, 'POL'], ['bsc', 56, 'BNB'], ['ethereum', 11_155_111, 'ETH', true]]) {
  test(`${chain}, chain id ${chainId}`, async () => {
    const by = await derived(chain, { testnet });
    const tx = ethers.Transaction.from({ chainId, type: 2, ...transfer, ...fees });
    const got = await signs(JSON.stringify(tx.toJSON()), tx, { chain, by, testnet, effects: [move(symbol, by.address)] });
    assert.equal(got.chainId, BigInt(chainId));
    const legacy = ethers.Transaction.from({ chainId, type: 0, ...transfer, gasLimit: 21_000n, gasPrice: gwei(30) });
    await signs(legacy.unsignedSerialized, legacy, { chain, by, testnet, effects: [move(symbol, by.address)] });
    const foreign = ethers.Transaction.from({ chainId: 10, type: 2, ...transfer, ...fees });
    await refused(chain, foreign.unsignedSerialized, /chain id/i, { keys: [by], testnet });
  });
}

test('what a person is told counts in whole units', async () => {
  for (const [chain, chainId, symbol] of [['ethereum', 1, 'ETH'], ['polygon', 137, 'POL'], ['bsc', 56, 'BNB']]) {
    const tx = ethers.Transaction.from({ chainId, type: 2, ...transfer, ...fees });
    const text = await told(chain, tx.unsignedSerialized, { keys: [await derived(chain)] });
    assert.match(text, new RegExp(`move 0\\.25 ${symbol} from`));
    assert.match(text, new RegExp(`fee \\(at most\\) 0\\.0027 ${symbol} from`));
  }
});

test('any chain id', async () => {
  const by = await derived('evm');
  const tx = ethers.Transaction.from({ chainId: 10, type: 2, ...transfer, ...fees });
  await signs(tx.unsignedSerialized, tx, { chain: 'evm', by, effects: [{ kind: 'move', to: bob, amount: '250000000000000000' }, { kind: 'fee', detail: /chain id 10\b/ }] });
});

test('what is signed already, by others, or not understood', async () => {
  const tx = ethers.Transaction.from({ chainId: 1, type: 2, ...transfer, ...fees });
  await refused('ethereum', await bip32(ETHEREUM_PATH).signTransaction(tx), /signed already|signature/, { keys: [key] });
  await refused('ethereum', json({ chainId: 1, type: 2, from: bob, ...transfer, ...fees }), /sender is/, { status: UNKNOWN, keys: [key] });
  const call = ethers.Transaction.from({ chainId: 1, type: 2, to: usdc, nonce: 1, ...fees, data: erc20.encodeFunctionData('mystery', [1n]) });
  const { effects } = await decoded('ethereum', call.unsignedSerialized, { keys: [key] });
  hasEffect(effects, { kind: 'opaque', to: usdc, subject: erc20.getFunction('mystery').selector });
  await refused('ethereum', call.unsignedSerialized, /./, { status: DENIED, keys: [key] });
});

test('messages, EIP-191', async () => {
  for (const message of ['I own this address', 'line one\nline two', 'snowman ☃']) {
    const signature = await signedMessage('ethereum', message, { key });
    assert.equal(ethers.verifyMessage(message, signature), key.address);
    assert.equal(signature, await bip32(ETHEREUM_PATH).signMessage(message));
  }
  await refusedMessage('ethereum', ethers.getBytes(ethers.id('could be anything')), /./, { status: DENIED, key });
});

const permit = {
  domain: { name: 'USD Coin', version: '2', chainId: 1, verifyingContract: usdc },
  types: { Permit: ['address owner', 'address spender', 'uint256 value', 'uint256 nonce', 'uint256 deadline'].map((m) => ({ type: m.split(' ')[0], name: m.split(' ')[1] })) },
  value: { owner: key.address, spender: bob, value: 5_000_000n, nonce: 0n, deadline: 1_900_000_000n },
};

test('typed data, EIP-712: a permit', async () => {
  const payload = JSON.stringify(ethers.TypedDataEncoder.getPayload(permit.domain, permit.types, permit.value));
  const signature = await signed('ethereum', payload, { keys: [key], effects: [{ kind: 'allow', asset: `erc20 ${usdc}`, amount: '5000000', from: key.address, to: bob }] });
  assert.equal(ethers.verifyTypedData(permit.domain, permit.types, permit.value, signature), key.address);
  assert.equal(signature, await bip32(ETHEREUM_PATH).signTypedData(permit.domain, permit.types, permit.value));
});

test('typed data, EIP-712: without the type of the domain, as viem takes it', async () => {
  const payload = ethers.TypedDataEncoder.getPayload(permit.domain, permit.types, permit.value);
  delete payload.types.EIP712Domain;
  const signature = await signed('ethereum', JSON.stringify(payload), { keys: [key], effects: [{ kind: 'allow', amount: '5000000', to: bob }] });
  assert.equal(ethers.verifyTypedData(permit.domain, permit.types, permit.value, signature), key.address);
});

test('typed data, EIP-712: what is not known is denied, and another chain refused', async () => {
  const types = { Mail: [{ name: 'to', type: 'address' }, { name: 'contents', type: 'string' }] };
  const mail = ethers.TypedDataEncoder.getPayload(permit.domain, types, { to: bob, contents: 'hello' });
  hasEffect((await decoded('ethereum', JSON.stringify(mail), { keys: [key] })).effects, { kind: 'opaque' });
  await refused('ethereum', JSON.stringify(mail), /./, { status: DENIED, keys: [key] });
  const elsewhere = ethers.TypedDataEncoder.getPayload({ ...permit.domain, chainId: 137 }, permit.types, permit.value);
  await refused('ethereum', JSON.stringify(elsewhere), /chain/, { keys: [key] });
});
