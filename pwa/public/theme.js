// Before the first paint: the theme somebody chose on this device; without a choice the system's own applies.
(function () {
  var theme = null;
  try {
    theme = localStorage.getItem('cstims.theme');
  } catch {
    // storage may be forbidden
  }
  if (theme === 'dark' || theme === 'light') document.documentElement.dataset.theme = theme;
})();
