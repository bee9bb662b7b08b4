/// <reference types="vite/client" />

// For plain tsc only. vue-tsc sees the components themselves.
declare module '*.vue' {
  import type { DefineComponent } from 'vue';
  const component: DefineComponent;
  export default component;
}
