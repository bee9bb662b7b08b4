/// <reference types="vite/client" />

// For tsc alone; vue-tsc sees the components themselves.
declare module '*.vue' {
  import type { DefineComponent } from 'vue';
  const component: DefineComponent;
  export default component;
}
