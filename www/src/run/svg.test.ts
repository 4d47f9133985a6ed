import { expect, test } from 'vitest';
import { embeds, referredTo } from './svg';

test('what may refer to more is found in whatever spelling, and pixels and letters are let in', () => {
  for (const text of [
    'data:image/svg+xml;base64,PHN2Zz4=', ' DATA:image/SVG+xml,%3Csvg%3E', 'da\nta:image/svg+xml,x', 'url(\\64 ata:image/svg+xml,x)',
    '@import "data:text/css,a{}";', 'href="data:text/css,a{}" type="text/css"', 'data:text/html;charset=utf-8,x', 'data:;base64,x', '#a;data:image/svg+xml,x',
  ]) {
    expect(embeds(text), text).toBe(true);
  }
  for (const text of [
    'data:image/png;base64,iVBORw0=', 'data:image/jpeg;base64,/9j/', 'url("data:image/webp;base64,x")', 'data:font/woff2;base64,x',
    'data:application/x-font-ttf;base64,x', 'Sales data: 2020, 2021', '#data', 'metadata:image/svg+xml,x', 'M0 0',
  ]) {
    expect(embeds(text), text).toBe(false);
  }
});

test('parts are referred to by their ids, blanks and numbers of letters aside, and by what changes them later', () => {
  expect(referredTo('href', ' #a')).toEqual(['a']);
  expect(referredTo('href', 'https://elsewhere/#a')).toEqual([]);
  expect(referredTo('fill', 'url(#a) none')).toEqual(['a']);
  expect(referredTo('fill', 'u\\72l("#a")')).toEqual(['a']);
  expect(referredTo('values', '#a; #b')).toEqual(['a', 'b']);
  expect(referredTo('fill', '#abc')).toEqual([]);
});
