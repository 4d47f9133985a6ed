/*
 * Speaks for the page until its programs run, and where they never do: which file is missing, and a button. A file of its own
 * under a name that stays, so that an old page still finds it on a server that has been updated. Nothing newer than ES5, so
 * that an old browser can read it. Fetched beside everything else, so that neither holds the other up.
 */
(function () {
  'use strict';
  var SLOW_S = 15;
  /** Between two looks at whether a file that was missing has come to be there, at first and at most. */
  var LOOK_AGAIN_S = 2;
  var LOOK_SELDOM_S = 30;
  var failed = false;
  var said = '';

  function place() {
    // The page puts itself in its place.
    return document.getElementById('boot');
  }

  function nameOf(address) {
    return address.replace(/[?#].*$/, '').split('/').slice(-2).join('/');
  }

  function put(parent, text, label, act) {
    var sentence = document.createElement('p');
    sentence.setAttribute('role', 'alert');
    sentence.appendChild(document.createTextNode(text + ' '));
    var button = document.createElement('button');
    button.type = 'button';
    button.appendChild(document.createTextNode(label));
    button.addEventListener('click', act);
    sentence.appendChild(button);
    parent.textContent = '';
    parent.appendChild(sentence);
  }

  function say(text) {
    var boot = place();
    if (boot === null || text === said) return;
    said = text;
    put(boot, text, 'Reload', function () { location.reload(); });
  }

  function reasonOf(response) {
    var type = response.headers.get('content-type') || 'nothing';
    if (!response.ok) return 'the server answered ' + response.status + '. It may have been updated a moment ago.';
    if (!/javascript/.test(type)) return 'the server calls it "' + type + '", and browsers run a program only if it is called "text/javascript".';
    return '';
  }

  function programMissing(address) {
    failed = true;
    say('Spikeground could not start, because ' + nameOf(address) + ' did not arrive.');
    if (typeof fetch === 'undefined') return;
    var parts = document.querySelectorAll('link[rel=modulepreload]');
    explain([address].concat([].map.call(parts, function (part) { return part.href; })), 0);
  }

  /** Calls `then` with what is wrong with a file, or with nothing. */
  function ask(address, then) {
    fetch(address, { cache: 'no-store' }).then(reasonOf, function () { return 'the server could not be reached.'; }).then(then);
  }

  /** Names the first of the files that is not as it should be. */
  function explain(addresses, at) {
    ask(addresses[at], function (reason) {
      if (reason === '' && at + 1 < addresses.length) {
        explain(addresses, at + 1);
        return;
      }
      say('Spikeground could not start with ' + nameOf(addresses[at]) + ': ' + (reason || 'it did not arrive whole.') +
        (reason === '' ? '' : ' It starts by itself once that is mended.'));
      if (reason !== '') startOnce(addresses[at], LOOK_AGAIN_S);
    });
  }

  /** Starts the page anew once the file is there. Nothing has run, so nothing is lost; a browser runs no program again that it once missed. */
  function startOnce(address, seconds) {
    setTimeout(function () {
      ask(address, function (reason) {
        if (reason === '') location.reload();
        else startOnce(address, Math.min(2 * seconds, LOOK_SELDOM_S));
      });
    }, seconds * 1000);
  }

  /** What did not arrive is no sheet in some browsers, and one without rules in others. */
  function isEmpty(sheet) {
    return sheet === null || sheet.cssRules.length === 0;
  }

  function styleMissing(link) {
    var bar = document.createElement('div');
    document.body.insertBefore(bar, document.body.firstChild);
    put(bar, 'What makes the page look right did not arrive; it works all the same.', 'Try again', function () {
      document.body.removeChild(bar);
      var again = document.createElement('link');
      again.rel = 'stylesheet';
      // Another address, because a browser may keep what failed.
      again.href = link.href.replace(/\?.*$/, '') + '?' + Date.now();
      document.head.appendChild(again);
    });
  }

  window.addEventListener('error', function (event) {
    var from = event.target;
    if (from instanceof HTMLScriptElement) programMissing(from.src);
    else if (from === window && !failed) {
      failed = true;
      say('Spikeground could not start (' + event.message + ' in ' + nameOf(event.filename || '') + '). ' +
        'The file may be cut off, or this browser may be too old: one from 2023 or later is needed.');
    }
  }, true);

  window.addEventListener('load', function () {
    var links = document.querySelectorAll('link[rel=stylesheet]');
    for (var i = 0; i < links.length; i += 1) if (isEmpty(links[i].sheet)) styleMissing(links[i]);
    // It may have failed before this file was there to hear of it.
    var program = document.querySelector('script[type=module]');
    if (!failed && place() !== null && program !== null) programMissing(program.src);
  });

  if (!('noModule' in document.createElement('script'))) {
    failed = true;
    say('Spikeground needs a browser from 2023 or later.');
  }

  var begun = Date.now();
  var watch = setInterval(function () {
    if (failed || place() === null) clearInterval(watch);
    if (failed || Date.now() - begun < SLOW_S * 1000) return;
    var files = document.querySelectorAll('script[src], link[rel=stylesheet], link[rel=modulepreload]');
    for (var i = 0; i < files.length; i += 1) {
      var address = files[i].src || files[i].href;
      if (performance.getEntriesByName(address).length > 0) continue;
      if (files[i].rel === 'stylesheet') {
        // Browsers show nothing, and start no program, before a style sheet is there.
        files[i].parentNode.removeChild(files[i]);
        styleMissing(files[i]);
      } else {
        say('Spikeground is still loading: ' + nameOf(address) + ' has not arrived yet. The connection is slow, or the server does not answer.');
        return;
      }
    }
  }, 1000);
})();
