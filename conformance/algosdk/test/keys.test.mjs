// Keys: derivation, import, export, deletion, lists.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import algosdk from 'algosdk';
import { client, exported, hex, newWallet, password, refused, vectorKey } from './client.mjs';

const kmd = client();

test('derivation vectors', async () => {
  const { handle } = await newWallet(kmd, { masterKey: vectorKey });
  const vectors = new Map([
    [1, ['724db5dd2b5bff822d5e968fc401fdf80f778cf3a6812f2adc9629599b31b559', 'RARAQGGTYYIAKPP7M44M2ITTE2AXASJD5VIMPRQDU5VJTK3XAA62OLW7IM']],
    [2, ['2fa706a61643be89ffb83b7f4b0a417b8011786a597222d2ac5a85411ba5136d', 'AY3EXNCEATTJ3KUPVEVDFUYMO6CT3R3S6QQSVIGTXKCFG26L4WGLJU5PF4']],
    [3, ['7260fb9efe1e4c909f57374a4c6a70ee6c4e36efc52348190b5cbe7d8cfe54b8', 'WKDETHNVXAMUKONA73KFXKJB6ZNNUDZ3OH44K55BAUXEWPLC3ZEWHJEDG4']],
    [10, ['71dc042553cdaa69ca594fca16b681f05c2f7b17a0ced25197d833e861cac68c', 'UF6LAEXODSNQTANAHQSD7ENBDYCUNESMZKANRDN5JS4HPQ2VSGRST4FISU']],
    [1000, ['00686cc36b91e910308563bcc330bc21f5e64211549ee23a1d50b147341afdcf', 'WV27HPRDXFO3GQVZFNKKWLHJLQ57MAQNCCFIZMTT6J2EBEGGEQWZHPVYTM']],
  ]);
  for (let i = 1; i <= 1000; i++) {
    const { address } = await kmd.generateKey(handle);
    const [seed, want] = vectors.get(i) ?? [];
    if (!want) continue;
    assert.equal(address, want, `key ${i}`);
    assert.equal(hex((await exported(kmd, handle, address)).slice(0, 32)), seed, `key ${i}`);
  }
});

test('an exported key is the key pair of its address', async () => {
  const { handle } = await newWallet(kmd);
  const { address } = await kmd.generateKey(handle);
  const pair = await exported(kmd, handle, address);
  assert.equal(pair.length, 64);
  assert.equal(algosdk.encodeAddress(pair.slice(32)), address);
  assert.ok(algosdk.verifyBytes(Uint8Array.of(1, 2, 3), algosdk.signBytes(Uint8Array.of(1, 2, 3), pair), address));
});

test('import and export, with words both ways', async () => {
  const { handle } = await newWallet(kmd);
  const account = algosdk.generateAccount();
  const words = algosdk.secretKeyToMnemonic(account.sk);
  const { address } = await kmd.importKey(handle, algosdk.mnemonicToSecretKey(words).sk);
  assert.equal(address, account.addr.toString());
  const pair = await exported(kmd, handle, address);
  assert.deepEqual(pair, account.sk);
  assert.equal(algosdk.secretKeyToMnemonic(pair), words);
  await refused(kmd.importKey(handle, account.sk), 400, 'key already exists in wallet');
});

test('only the seed of an imported key counts', async () => {
  const account = algosdk.generateAccount();
  const seed = account.sk.slice(0, 32);
  for (const form of [seed, Uint8Array.of(...seed, ...new Uint8Array(32))]) {
    const { handle } = await newWallet(kmd);
    const { address } = await kmd.importKey(handle, form);
    assert.equal(address, account.addr.toString());
    assert.deepEqual(await exported(kmd, handle, address), account.sk);
  }
});

test('lists are ordered by address bytes; deleted keys are gone and not made again', async () => {
  const { handle } = await newWallet(kmd, { masterKey: vectorKey });
  const made = [];
  for (let i = 0; i < 5; i++) made.push((await kmd.generateKey(handle)).address);
  made.push((await kmd.importKey(handle, algosdk.generateAccount().sk)).address);
  const byBytes = (list) => [...list].sort((a, b) => Buffer.compare(algosdk.decodeAddress(a).publicKey, algosdk.decodeAddress(b).publicKey));
  assert.deepEqual((await kmd.listKeys(handle)).addresses, byBytes(made));
  assert.deepEqual(await kmd.deleteKey(handle, password, made[4]), {});
  assert.deepEqual(await kmd.deleteKey(handle, password, made[4]), {});
  await refused(kmd.exportKey(handle, password, made[4]), 400, 'key does not exist in this wallet');
  const next = (await kmd.generateKey(handle)).address;
  assert.ok(!made.includes(next));
  assert.deepEqual((await kmd.listKeys(handle)).addresses, byBytes([...made.filter((_, i) => i !== 4), next]));
});
