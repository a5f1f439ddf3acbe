// Wallets: making, listing, opening, renaming, recovering.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import algosdk from 'algosdk';
import { client, freshName, newWallet, password, refused, vectorKey } from './client.mjs';

const kmd = client();

test('versions', async () => {
  assert.deepEqual(await kmd.versions(), { versions: ['v1'] });
});

test('a new wallet is listed, with exactly the fields that clients know', async () => {
  const name = freshName('listed');
  const { wallet } = await kmd.createWallet(name, password);
  assert.match(wallet.id, /^[0-9a-f]{32}$/);
  const want = { id: wallet.id, name, driver_name: 'sqlite', driver_version: 1, mnemonic_ux: false, supported_txs: ['pay', 'keyreg'] };
  assert.deepEqual(wallet, want);
  const { wallets } = await kmd.listWallets();
  assert.deepEqual(wallets.filter((w) => w.id === wallet.id), [want]);
});

test('names are unique and limited', async () => {
  const { name } = await newWallet(kmd);
  await refused(kmd.createWallet(name, 'other'), 400, 'wallet with same name already exists');
  await refused(kmd.createWallet('n'.repeat(65), password), 400, 'wallet name too long, must be <= 64 bytes');
  await refused(kmd.createWallet(freshName('driver'), password, undefined, 'floppy'), 400, 'unknown wallet driver');
});

test('a wallet without a password', async () => {
  const { wallet } = await kmd.createWallet(freshName('blank'), '');
  const { wallet_handle_token: handle } = await kmd.initWalletHandle(wallet.id, '');
  const { address } = await kmd.generateKey(handle);
  assert.equal((await kmd.exportKey(handle, '', address)).private_key.length, 64);
  await refused(kmd.initWalletHandle(wallet.id, 'not blank'), 401, 'error decrypting. wrong password?');
});

test('passwords and names of any script', async () => {
  const secret = 'пароль 密码 🔑 "\\\n';
  const name = `🔑 ${freshName('ключ')}`;
  const { wallet } = await kmd.createWallet(name, secret);
  assert.equal(wallet.name, name);
  await kmd.initWalletHandle(wallet.id, secret);
  await refused(kmd.initWalletHandle(wallet.id, secret.replace('🔑', '🔒')), 401, 'error decrypting. wrong password?');
});

test('renaming needs the password and leaves handles open', async () => {
  const { id, handle, name } = await newWallet(kmd);
  const renamed = freshName('renamed');
  await refused(kmd.renameWallet(id, 'wrong', renamed), 400, 'error decrypting. wrong password?');
  await refused(kmd.renameWallet(id, password, name), 400, 'wallet with same name already exists');
  const { wallet } = await kmd.renameWallet(id, password, renamed);
  assert.equal(wallet.name, renamed);
  assert.equal((await kmd.getWallet(handle)).wallet_handle.wallet.name, renamed);
});

test('a wallet is recovered from its master derivation key and its words', async () => {
  const { handle } = await newWallet(kmd);
  const first = [];
  for (let i = 0; i < 3; i++) first.push((await kmd.generateKey(handle)).address);
  const { master_derivation_key: key } = await kmd.exportMasterDerivationKey(handle, password);
  const words = algosdk.masterDerivationKeyToMnemonic(key);
  const recovered = await newWallet(kmd, { masterKey: algosdk.mnemonicToMasterDerivationKey(words) });
  assert.deepEqual(await kmd.listKeys(recovered.handle), {});
  const second = [];
  for (let i = 0; i < 3; i++) second.push((await kmd.generateKey(recovered.handle)).address);
  assert.deepEqual(second, first);
});

test('the words of the vector', async () => {
  const { handle } = await newWallet(kmd, { masterKey: vectorKey });
  const { master_derivation_key: key } = await kmd.exportMasterDerivationKey(handle, password);
  assert.equal(algosdk.masterDerivationKeyToMnemonic(key),
    'cactus amount account expect army achieve embark anxiety lift crouch mandate abstract captain setup party bench tissue gate arrive random deal mansion wedding abandon curtain');
  await refused(kmd.exportMasterDerivationKey(handle, 'wrong'), 400, 'error decrypting. wrong password?');
});

test('handles', async () => {
  const { id, handle } = await newWallet(kmd);
  assert.match(handle, /^[0-9a-f]{16}\.[0-9a-f]{64}$/);
  const { wallet_handle: info } = await kmd.getWallet(handle);
  assert.equal(info.wallet.id, id);
  assert.ok(info.expires_seconds > 50 && info.expires_seconds < 60, `${info.expires_seconds} seconds left`);
  const { wallet_handle: renewed } = await kmd.renewWalletHandle(handle);
  assert.equal(renewed.expires_seconds, 59);
  const { wallet_handle_token: other } = await kmd.initWalletHandle(id, password);
  assert.notEqual(other, handle);
  assert.deepEqual(await kmd.releaseWalletHandle(handle), {});
  await refused(kmd.listKeys(handle), 401, 'handle does not exist');
  assert.deepEqual(await kmd.listKeys(other), {});
});
